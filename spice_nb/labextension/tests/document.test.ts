import { MOST_CHARACTERS, readDocument } from '../src/pure/document';
import { english } from './words';

const ANN = {
  index: 0,
  label: 'Ann',
  equations: [
    { mechanism: 'x_value', arms: 'chosen', text: 'V <- V + 0.31 (r - V)', terms: [['x_value', 0.69], ['c_reward', 0.312345]] }
  ],
  inverse_temperatures: [['x_value', 3.1]],
  initial_values: [['x_value', 0.5]]
};
const WHOLE = {
  'spice-nb': 1,
  kind: 'equations',
  made_by: 'spice-nb 0.1.0',
  title: 'ChoiceRNN, 64 participants',
  mechanisms: [{ name: 'x', state: 's', arms: 'chosen', inputs: ['a', 'b'], given: null }],
  config: { library_setup: { degree: 2 } },
  participants: [ANN],
  population: { ...ANN, index: -1, label: 'population' }
};

const read = (source: unknown) => readDocument(typeof source === 'string' ? source : JSON.stringify(source), english);

test('a whole document', () => {
  const document = read(WHOLE);
  expect(document.mechanisms).toEqual([{ name: 'x', state: 's', arms: 'chosen', inputs: 'a, b', given: '' }]);
  expect(document.participants).toEqual([
    {
      label: 'Ann',
      equations: [
        { mechanism: 'x_value', arms: 'chosen', text: 'V <- V + 0.31 (r - V)', terms: [['x_value', '0.69'], ['c_reward', '0.312']] }
      ],
      inverseTemperatures: [['x_value', '3.1']],
      initialValues: [['x_value', '0.5']]
    }
  ]);
  expect(document.population?.label).toBe('population');
  expect(document.config).toBe('{\n  "library_setup": {\n    "degree": 2\n  }\n}');
});

test('a mark before the text is no matter', () => {
  expect(read('\uFEFF' + JSON.stringify(WHOLE))).toEqual(read(WHOLE));
});

test('an output comes as an object', () => {
  expect(readDocument(WHOLE, english)).toEqual(read(WHOLE));
});

test('only what has to be there has to be there', () => {
  const document = read({ 'spice-nb': 1, kind: 'equations' });
  expect(document).toMatchObject({ title: 'equations', mechanisms: [], population: null, participants: [], isShared: false, leftOut: 0, config: '' });
});

test('another kind shows its facts', () => {
  const document = read({ 'spice-nb': 1, kind: 'dataset', title: 'Choices', facts: [['participants', 64], ['missing', null], ['more', [1]]] });
  expect(document.facts).toEqual([
    ['participants', '64'],
    ['missing', ''],
    ['more', '[\n  1\n]']
  ]);
});

test('names are text whatever they hold', () => {
  const bad = '<img src=x onerror=alert(1)>';
  const document = read({ ...WHOLE, title: bad, participants: [{ ...ANN, label: bad }] });
  expect([document.title, document.participants[0]?.label]).toEqual([bad, bad]);
});

test('small numbers keep their digits', () => {
  const person = { ...ANN, inverse_temperatures: [['tiny', 0.00001234], ['none', 0]] };
  expect(read({ ...WHOLE, participants: [person] }).participants[0]?.inverseTemperatures).toEqual([
    ['tiny', '0.0000123'],
    ['none', '0']
  ]);
});

test('a long text is cut and says so', () => {
  expect(read({ ...WHOLE, title: 'x'.repeat(2_010) }).title).toBe(`${'x'.repeat(2_000)} … (+10)`);
});

const text = JSON.stringify(WHOLE);
test.each([
  ['nothing', '  ', /is empty/],
  ['half of it', text.slice(0, text.length / 2), /cut off while it was written or copied/],
  ['no numbers', '{"spice-nb": 1, "kind": "run", "facts": [["a", NaN]]}', /holds NaN or Infinity/],
  ['no JSON', 'PK\u0003', /cannot be read as JSON/],
  ['a list', '[1]', /the file should hold names with values, but is of type array/],
  ['null', 'null', /the file should hold names with values, but is of type null/],
  ['another JSON', '{"cells": []}', /no saved SPICE model: it has no entry "spice-nb"/],
  ['a format in words', { ...WHOLE, 'spice-nb': 'one' }, /no saved SPICE model/],
  ['a newer format', { ...WHOLE, 'spice-nb': 2 }, /newer spice-nb \(format 2; this viewer reads 1\): update the extension/],
  ['an unknown kind', { ...WHOLE, kind: 'poem' }, /this file holds "poem"/],
  ['mechanisms as names', { ...WHOLE, mechanisms: ['x'] }, /mechanisms\[0\] should hold names with values, but is of type string/],
  ['participants as text', { ...WHOLE, participants: 'Ann' }, /participants should be a list, but is of type string/],
  ['a participant as number', { ...WHOLE, participants: [ANN, 3] }, /participants\[1\] should hold names with values, but is of type number/],
  ['terms as a list', { ...WHOLE, population: { equations: [{ terms: [1] }] } }, /population.equations\[0\].terms\[0\] should be a list/],
  ['too much of it', `"${'x'.repeat(MOST_CHARACTERS)}"`, /has 50,000,002 characters; this viewer reads up to 50,000,000/]
])('refused in words: %s', (_, source, said) => {
  expect(() => read(source)).toThrow(said);
});

test('brackets in brackets without end', () => {
  const deep = `{"spice-nb": 1, "kind": "config", "facts": [["a", ${'['.repeat(200_000)}${']'.repeat(200_000)}]]}`;
  expect(() => read(deep)).toThrow(/nested too deeply|cannot be read as JSON/);
});

test('a name that stands for the prototype harms nothing', () => {
  const document = read('{"spice-nb": 1, "kind": "run", "facts": [["__proto__", "x"], ["constructor", "y"]]}');
  expect(document.facts).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y']
  ]);
});
