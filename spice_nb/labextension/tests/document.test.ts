import { MOST_CHARACTERS, readDocument } from '../src/pure/document';
import { english } from './words';

const named = (name: string, value: number, known = {}) => ({ name, value, probability: null, low: null, high: null, ...known });
const ANN = {
  index: 0,
  label: 'Ann',
  equations: [
    { mechanism: 'x_value', arms: 'chosen', text: 'V <- V + 0.31 (r - V)', terms: [named('x_value', 0.69, { probability: 0.973, low: 0.6, high: 0.781234 }), named('c_reward', 0.312345)] }
  ],
  absent_states: ['x_choice'],
  inverse_temperatures: [named('x_value', 3.1, { probability: 0.9999 }), named('x_choice', 0, { probability: 0.004 })],
  initial_values: [named('x_value', 0.5)],
  derived: [{ quantity: 'learning rate', mechanism: 'x_value', estimate: 0.31, low: 0.2, high: 0.4, probability: 0.973 }]
};
/** As it was before numbers had probabilities. */
const ANN_OF_BEFORE = {
  index: 0,
  label: 'Ann',
  equations: [
    { mechanism: 'x_value', arms: 'chosen', text: 'V <- V + 0.31 (r - V)', terms: [['x_value', 0.69], ['c_reward', 0.312345]] }
  ],
  inverse_temperatures: [['x_value', 3.1]],
  initial_values: [['x_value', 0.5]]
};
const unknown = { probability: '', low: '', high: '' };
const WHOLE = {
  'spice-nb': 2,
  kind: 'equations',
  made_by: 'spice-nb 0.1.0',
  title: 'ChoiceRNN, 64 participants',
  mechanisms: [{ name: 'x', state: 's', arms: 'chosen', inputs: ['a', 'b'], given: null }],
  config: { library_setup: { degree: 2 } },
  participants: [ANN],
  prevalences: [{ mechanism: 'x_value', term: 'c_reward', prevalence: 0.468, low: 0.35, high: 0.634 }],
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
        {
          mechanism: 'x_value',
          arms: 'chosen',
          text: 'V <- V + 0.31 (r - V)',
          terms: [
            { name: 'x_value', value: '0.69', probability: '.97', low: '0.6', high: '0.781' },
            { name: 'c_reward', value: '0.312', ...unknown }
          ]
        }
      ],
      absentStates: ['x_choice'],
      inverseTemperatures: [
        { name: 'x_value', value: '3.1', ...unknown, probability: '> .99' },
        { name: 'x_choice', value: '0', ...unknown, probability: '< .01' }
      ],
      initialValues: [{ name: 'x_value', value: '0.5', ...unknown }],
      derived: [{ name: 'learning rate', mechanism: 'x_value', value: '0.31', probability: '.97', low: '0.2', high: '0.4' }]
    }
  ]);
  expect(document.prevalences).toEqual([{ mechanism: 'x_value', term: 'c_reward', share: '47 %', low: '35 %', high: '63 %' }]);
  expect(document.population?.label).toBe('population');
  expect(document.config).toBe('{\n  "library_setup": {\n    "degree": 2\n  }\n}');
});

test('a document of before has numbers of which no more is known', () => {
  const document = read({ ...WHOLE, 'spice-nb': 1, participants: [ANN_OF_BEFORE], population: ANN_OF_BEFORE, prevalences: undefined });
  const [ann] = document.participants;
  expect(ann?.equations[0]?.terms).toEqual([
    { name: 'x_value', value: '0.69', ...unknown },
    { name: 'c_reward', value: '0.312', ...unknown }
  ]);
  expect(ann?.inverseTemperatures).toEqual([{ name: 'x_value', value: '3.1', ...unknown }]);
  expect([ann?.absentStates, ann?.derived, document.prevalences]).toEqual([[], [], []]);
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
  const person = { ...ANN, inverse_temperatures: [named('tiny', 0.00001234), named('none', 0)] };
  expect(read({ ...WHOLE, participants: [person] }).participants[0]?.inverseTemperatures).toEqual([
    { name: 'tiny', value: '0.0000123', ...unknown },
    { name: 'none', value: '0', ...unknown }
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
  ['a newer format', { ...WHOLE, 'spice-nb': 3 }, /newer spice-nb \(format 3; this viewer reads 2\): update the extension/],
  ['an unknown kind', { ...WHOLE, kind: 'poem' }, /this file holds "poem"/],
  ['mechanisms as names', { ...WHOLE, mechanisms: ['x'] }, /mechanisms\[0\] should hold names with values, but is of type string/],
  ['participants as text', { ...WHOLE, participants: 'Ann' }, /participants should be a list, but is of type string/],
  ['a participant as number', { ...WHOLE, participants: [ANN, 3] }, /participants\[1\] should hold names with values, but is of type number/],
  ['terms as a list', { ...WHOLE, population: { equations: [{ terms: [1] }] } }, /population.equations\[0\].terms\[0\] should hold names with values, but is of type number/],
  ['prevalences as numbers', { ...WHOLE, prevalences: [0.4] }, /prevalences\[0\] should hold names with values, but is of type number/],
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
