import { readReply, trouble, unquoted } from '../src/pure/replies';
import { english } from './words';

test.each([
  ["'a'", 'a'],
  ["'a\\nb\\t\\\\n'", 'a\nb\t\\n'],
  ['"it\'s"', "it's"],
  ["'it\\'s \"x\"'", 'it\'s "x"'],
  ["'\\x00\\u2028\\U0001f600'", '\0\u2028\u{1f600}'],
  ["''", ''],
  ['12', '12']
])('Python writes %s', (shown, text) => {
  expect(unquoted(shown)).toBe(text);
});

test('an answer', () => {
  expect(readReply({ status: 'ok', data: { 'text/plain': "'0.1.0'" } })).toEqual({ text: '0.1.0' });
});

test('an error', () => {
  expect(readReply({ status: 'error', ename: 'ConfigError', evalue: 'No app is shown.' })).toEqual({
    error: 'ConfigError',
    says: 'No app is shown.'
  });
});

test('no answer', () => {
  expect(readReply(undefined)).toEqual({ error: 'Error', says: '' });
});

test.each([
  ['ModuleNotFoundError', "No module named 'spice_nb'", /has no spice-nb, or an older one/],
  ['AttributeError', "module 'spice_nb.app' has no attribute", /has no spice-nb, or an older one/],
  ['ModuleNotFoundError', "No module named 'torch'", /No module named 'torch'/],
  ['ConfigError', 'No app is shown.', /^No app is shown.$/],
  ['Error', '', /gave no answer/]
])('%s is said', (error, says, said) => {
  expect(trouble({ error, says }, english)).toMatch(said);
});
