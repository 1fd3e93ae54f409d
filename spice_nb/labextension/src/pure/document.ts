/**
 * Reads and checks saved models. Everything in them is text of somebody else: nothing of it is executed or taken on
 * trust, and what is wrong is said in words.
 */
import type { Words } from './words';

/** Number of the newest format that is read here. In 1, numbers were pairs of a name and a value. */
export const FORMAT = 2;

/** Above this a file is refused: a browser would take long over it. */
export const MOST_CHARACTERS = 50_000_000;

/** Longer texts are cut, and say so. */
const LONGEST_TEXT = 2_000;

const KINDS = ['equations', 'dataset', 'config', 'run', 'estimator'];

export interface Mechanism {
  name: string;
  state: string;
  arms: string;
  inputs: string;
  given: string;
}

/** A number of an equation, with what is known of it; empty where nobody has asked. */
export interface Estimate {
  name: string;
  value: string;
  probability: string;
  low: string;
  high: string;
}

export interface Equation {
  mechanism: string;
  arms: string;
  text: string;
  terms: Estimate[];
}

/** What is read off equations, such as a learning rate. */
export interface Derived extends Estimate {
  mechanism: string;
}

export interface Person {
  label: string;
  equations: Equation[];
  /** States that the person's choices do not depend on. */
  absentStates: string[];
  inverseTemperatures: Estimate[];
  initialValues: Estimate[];
  derived: Derived[];
}

/** How many people have a term. */
export interface Prevalence {
  mechanism: string;
  term: string;
  share: string;
  low: string;
  high: string;
}

export interface SpiceDocument {
  kind: string;
  title: string;
  madeBy: string;
  facts: [string, string][];
  mechanisms: Mechanism[];
  /** The equations that people never seen get. */
  population: Person | null;
  prevalences: Prevalence[];
  participants: Person[];
  /** Whether all participants have the same equations. */
  isShared: boolean;
  /** How many more participants there are. */
  leftOut: number;
  /** Indented JSON. */
  config: string;
}

/** A document that cannot be shown; the message is a sentence for people. */
export class Refused extends Error {}

/**
 * The document in a file or an output.
 *
 * @param source - Text of a file, or what its JSON stands for.
 * @throws Refused where it is no saved model, or one of another format.
 */
export function readDocument(source: unknown, trans: Words): SpiceDocument {
  const read = new Reader(trans);
  const all = read.object(typeof source === 'string' ? parsed(source, trans) : source, trans.__('the file'));
  const format = all['spice-nb'];
  if (typeof format !== 'number' || !Number.isInteger(format) || format < 1) {
    throw new Refused(
      trans.__('This is no saved SPICE model: it has no entry "spice-nb" with the number of its format. To look at it as it is, open it with the editor.')
    );
  }
  if (format > FORMAT) {
    throw new Refused(
      trans.__('Made by a newer spice-nb (format %1; this viewer reads %2): update the extension with "pip install --upgrade spice-nb" where JupyterLab runs.', format, FORMAT)
    );
  }
  const kind = cut(read.text(all.kind), 100);
  if (!KINDS.includes(kind)) {
    throw new Refused(trans.__('This viewer shows %1; this file holds "%2". Update the extension if it was made by a newer spice-nb.', KINDS.join(', '), kind));
  }
  return {
    kind,
    title: read.text(all.title) || kind,
    madeBy: read.text(all.made_by),
    facts: read.pairs(all.facts, 'facts'),
    mechanisms: read.list(all.mechanisms, 'mechanisms').map((one, k) => read.mechanism(one, `mechanisms[${k}]`)),
    population: absent(all.population) ? null : read.person(all.population, 'population'),
    prevalences: read.list(all.prevalences, 'prevalences').map((one, k) => read.prevalence(one, `prevalences[${k}]`)),
    participants: read.list(all.participants, 'participants').map((one, k) => read.person(one, `participants[${k}]`)),
    isShared: all.is_shared === true,
    leftOut: typeof all.left_out === 'number' ? all.left_out : 0,
    config: read.json(all.config)
  };
}

function parsed(text: string, trans: Words): unknown {
  if (text.trim() === '') {
    throw new Refused(trans.__('This file is empty.'));
  }
  if (text.length > MOST_CHARACTERS) {
    throw new Refused(
      trans.__('This file has %1 characters; this viewer reads up to %2. Load it in Python.', text.length.toLocaleString(), MOST_CHARACTERS.toLocaleString())
    );
  }
  try {
    // Editors on Windows put a mark before the text.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (/[:[,]\s*-?(NaN|Infinity)\b/.test(text)) {
      throw new Refused(trans.__('This file holds NaN or Infinity as a number, which is no JSON: the model that was saved has no finite equations.'));
    }
    throw new Refused(
      trans.__('This file cannot be read as JSON (%1). It may have been cut off while it was written or copied: save the model again.', cut((error as Error).message, 200))
    );
  }
}

/** Takes values out of what was parsed, with the name of the entry in every refusal. */
class Reader {
  constructor(private trans: Words) {}

  object(value: unknown, name: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Refused(this.trans.__('This is no saved SPICE model, or it was changed: %1 should hold names with values, but is of type %2.', name, typeOf(value)));
    }
    return value as Record<string, unknown>;
  }

  list(value: unknown, name: string): unknown[] {
    if (absent(value)) {
      return [];
    }
    if (!Array.isArray(value)) {
      throw new Refused(this.trans.__('This is no saved SPICE model, or it was changed: %1 should be a list, but is of type %2.', name, typeOf(value)));
    }
    return value;
  }

  /** Any value as text; fractions with the digits that people compare. */
  text(value: unknown): string {
    if (absent(value)) {
      return '';
    }
    if (typeof value === 'number') {
      return String(Number.isInteger(value) ? value : Number(Math.abs(value) < 1 ? value.toPrecision(3) : value.toFixed(2)));
    }
    return cut(typeof value === 'string' ? value : this.json(value), LONGEST_TEXT);
  }

  /** Indented JSON; empty where there is nothing. */
  json(value: unknown): string {
    if (absent(value)) {
      return '';
    }
    try {
      return cut(JSON.stringify(value, null, 2), 10 * LONGEST_TEXT);
    } catch {
      // Brackets in brackets, more than the stack holds.
      throw new Refused(this.trans.__('This file is nested too deeply to be shown.'));
    }
  }

  /** Names and values, each a list of two. */
  pairs(value: unknown, name: string): [string, string][] {
    return this.list(value, name).map((pair, k) => {
      const [key, one] = this.list(pair, `${name}[${k}]`);
      return [this.text(key), this.text(one)];
    });
  }

  mechanism(value: unknown, name: string): Mechanism {
    const mechanism = this.object(value, name);
    return {
      name: this.text(mechanism.name),
      state: this.text(mechanism.state),
      arms: this.text(mechanism.arms),
      inputs: this.list(mechanism.inputs, `${name}.inputs`).map(input => this.text(input)).join(', '),
      given: this.text(mechanism.given)
    };
  }

  person(value: unknown, name: string): Person {
    const person = this.object(value, name);
    const equations = this.list(person.equations, `${name}.equations`).map((one, k) => {
      const equation = this.object(one, `${name}.equations[${k}]`);
      return {
        mechanism: this.text(equation.mechanism),
        arms: this.text(equation.arms),
        text: this.text(equation.text),
        terms: this.estimates(equation.terms, `${name}.equations[${k}].terms`)
      };
    });
    const derived = this.list(person.derived, `${name}.derived`).map((one, k) => {
      const number = this.object(one, `${name}.derived[${k}]`);
      return { ...this.estimate(number, number.quantity, number.estimate), mechanism: this.text(number.mechanism) };
    });
    return {
      label: this.text(person.label) || this.text(person.index),
      equations,
      absentStates: this.list(person.absent_states, `${name}.absent_states`).map(state => this.text(state)),
      inverseTemperatures: this.estimates(person.inverse_temperatures, `${name}.inverse_temperatures`),
      initialValues: this.estimates(person.initial_values, `${name}.initial_values`),
      derived
    };
  }

  prevalence(value: unknown, name: string): Prevalence {
    const prevalence = this.object(value, name);
    return {
      mechanism: this.text(prevalence.mechanism),
      term: this.text(prevalence.term),
      share: percent(prevalence.prevalence),
      low: percent(prevalence.low),
      high: percent(prevalence.high)
    };
  }

  /** Numbers with what is known of them; pairs of a name and a number, as they were before, are known no further. */
  private estimates(value: unknown, name: string): Estimate[] {
    return this.list(value, name).map((one, k) => {
      if (Array.isArray(one)) {
        return this.estimate({}, one[0], one[1]);
      }
      const number = this.object(one, `${name}[${k}]`);
      return this.estimate(number, number.name, number.value);
    });
  }

  private estimate(known: Record<string, unknown>, name: unknown, value: unknown): Estimate {
    return {
      name: this.text(name),
      value: this.text(value),
      probability: probability(known.probability),
      low: this.text(known.low),
      high: this.text(known.high)
    };
  }
}

/** `.97`; `> .99` and `< .01` where two digits would say more than is known; empty where nobody has asked. */
function probability(value: unknown): string {
  if (typeof value !== 'number') {
    return '';
  }
  return value > 0.99 ? '> .99' : value < 0.01 ? '< .01' : value.toFixed(2).slice(1);
}

function percent(value: unknown): string {
  return typeof value === 'number' ? `${(100 * value).toFixed(0)} %` : '';
}

/** Name of a type of JSON. */
function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} … (+${text.length - length})`;
}
