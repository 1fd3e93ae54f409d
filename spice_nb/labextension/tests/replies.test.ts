import { readReply, unquoted } from '../src/pure/replies';

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
