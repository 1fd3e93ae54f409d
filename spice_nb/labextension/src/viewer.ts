/** Draws saved models. Texts become text nodes, never HTML. */
import { Widget } from '@lumino/widgets';

import type { Equation, Estimate, Mechanism, Person, Prevalence, SpiceDocument } from './pure/document';
import { Pages } from './pure/pages';
import type { Words } from './pure/words';

const PEOPLE_A_PAGE = 5;
const ROWS_A_PAGE = 200;

export class ModelViewer extends Widget {
  constructor(protected trans: Words) {
    super();
    this.addClass('spice-model');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Saved SPICE model'));
  }

  protected override onAfterAttach(): void {
    // A file is scrolled with the arrow keys; an output scrolls with its notebook.
    if (!this.node.closest('.jp-OutputArea')) {
      this.node.tabIndex = 0;
    }
  }

  /** Say why there is nothing to see. */
  refuse(sentence: string): void {
    const said = element('p', 'spice-model-problem', sentence);
    said.setAttribute('role', 'alert');
    this.node.replaceChildren(said);
  }

  draw(document: SpiceDocument): void {
    const { trans } = this;
    this.node.setAttribute('aria-label', document.title);
    const madeBy = document.madeBy ? trans.__('Made by %1', document.madeBy) : trans.__('Who made it is not known');
    const parts: HTMLElement[] = [element('h2', '', document.title), element('p', 'spice-model-quiet', madeBy)];
    if (document.facts.length > 0) {
      parts.push(this.pagedRows(document.title, [trans.__('What'), trans.__('Value')], document.facts));
    }
    if (document.mechanisms.length > 0) {
      parts.push(element('h3', '', trans.__('Mechanisms')), this.mechanisms(document.mechanisms));
    }
    if (document.population) {
      const who = document.isShared ? trans.__('All participants') : trans.__('Population (people never seen)');
      parts.push(element('h3', '', who), ...this.equations(who, document.population));
    }
    if (document.prevalences.length > 0) {
      parts.push(element('h3', '', trans.__('How many people have what')), this.prevalences(document.prevalences));
    }
    if (document.kind === 'equations' && !document.isShared) {
      parts.push(element('h3', '', trans.__('Participants')), ...this.people(document));
    }
    if (document.config) {
      const config = window.document.createElement('details');
      config.append(element('summary', '', trans.__('Config')), element('pre', '', document.config));
      parts.push(config);
    }
    this.node.replaceChildren(...parts);
  }

  private mechanisms(mechanisms: Mechanism[]): HTMLElement {
    const { trans } = this;
    const name = trans.__('Mechanisms');
    const head = [trans.__('Options'), trans.__('Mechanism'), trans.__('Changes'), trans.__('Reads')];
    const rows = mechanisms.map(one => [one.arms, one.name, one.state, [one.state, one.inputs].filter(Boolean).join(', ')]);
    if (!mechanisms.some(one => one.given)) {
      return this.pagedRows(name, head, rows);
    }
    rows.forEach((row, k) => row.push(typeset(mechanisms[k]?.given ?? '')));
    return this.pagedRows(name, [...head, trans.__('Given equation')], rows, head.length);
  }

  private people({ participants, leftOut }: SpiceDocument): HTMLElement[] {
    const { trans } = this;
    const quiet = (sentence: string) => element('p', 'spice-model-quiet', sentence);
    if (participants.length === 0) {
      return [quiet(trans.__('It holds no participants.'))];
    }
    const pages = new Pages(participants, PEOPLE_A_PAGE);
    const said = () => trans.__('Participants %1 to %2 of %3', ...numbers(pages));
    const list = this.paged(
      pages,
      said,
      () =>
        pages.shown.flatMap(person => {
          const who = trans.__('Participant %1', person.label);
          return [element('h4', '', who), ...this.equations(who, person)];
        }),
      person => person.label
    );
    return leftOut > 0 ? [list, quiet(trans._n('%1 more participant is not listed here.', '%1 more participants are not listed here.', leftOut))] : [list];
  }

  private equations(name: string, person: Person): HTMLElement[] {
    const { trans } = this;
    const head = [trans.__('Options'), trans.__('Equation'), trans.__('Mechanism'), trans.__('Coefficients')];
    const rows = person.equations.map((one: Equation) => [one.arms, typeset(one.text), one.mechanism, this.listed(one.terms)]);
    const parts = [this.pagedRows(name, head, rows, 1)];
    for (const state of person.absentStates) {
      parts.push(element('p', 'spice-model-quiet', trans.__('Choices do not depend on %1.', state)));
    }
    const there = person.inverseTemperatures.filter(one => !person.absentStates.includes(one.name));
    if (there.length > 0) {
      const temperatures = trans.__('Inverse temperatures: %1', this.listed(there));
      parts.push(element('p', 'spice-model-quiet', temperatures));
    }
    if (person.initialValues.length > 0) {
      const start = trans.__('At the start of a session: %1', this.listed(person.initialValues));
      parts.push(element('p', 'spice-model-quiet', start));
    }
    if (person.derived.length > 0) {
      const folded = document.createElement('details');
      folded.append(element('summary', '', trans.__('Rates')), this.rates(name, person));
      parts.push(folded);
    }
    return parts;
  }

  private rates(name: string, person: Person): HTMLElement {
    const { trans } = this;
    const head = [trans.__('What'), trans.__('Mechanism'), trans.__('Estimate'), trans.__('95 % interval'), trans.__('Probability')];
    const rows = person.derived.map(one => [one.name, one.mechanism, one.value, this.interval(one), one.probability]);
    return this.pagedRows(trans.__('Rates of %1', name), head, rows);
  }

  private prevalences(prevalences: Prevalence[]): HTMLElement {
    const { trans } = this;
    const head = [trans.__('Mechanism'), trans.__('Term'), trans.__('People'), trans.__('95 % interval')];
    const rows = prevalences.map(one => [one.mechanism, this.term(one.term), one.share, this.interval(one)]);
    return this.pagedRows(trans.__('How many people have what'), head, rows);
  }

  /** Numbers in a line, each with its interval and its probability where they are known. */
  private listed(estimates: Estimate[]): string {
    return estimates
      .map(one => {
        const probability = one.probability && this.trans.__('probability %1', one.probability);
        const known = [this.interval(one), probability].filter(Boolean).join(', ');
        return `${this.term(one.name)} = ${one.value}${known && ` (${known})`}`;
      })
      .join(', ');
  }

  private interval({ low, high }: { low: string; high: string }): string {
    return low && high && low !== high ? this.trans.__('%1 to %2', low, high) : '';
  }

  private term(name: string): string {
    return name === '1' ? this.trans.__('constant') : name;
  }

  private search(find: (text: string) => void): HTMLElement {
    const field = document.createElement('input');
    field.type = 'search';
    field.className = 'jp-mod-styled';
    field.placeholder = this.trans.__('Find a participant');
    field.setAttribute('aria-label', field.placeholder);
    field.addEventListener('input', () => find(field.value));
    return field;
  }

  /** A table, in pages where it is long. */
  private pagedRows(name: string, head: string[], rows: string[][], equation = -1): HTMLElement {
    const pages = new Pages(rows, ROWS_A_PAGE);
    const said = () => this.trans.__('Rows %1 to %2 of %3', ...numbers(pages));
    return this.paged(pages, said, () => [table(name, head, pages.shown, equation)]);
  }

  /** What is on a page, below the means to turn pages and, where items have names, to find one. */
  private paged<T>(
    pages: Pages<T>,
    said: () => string,
    content: () => HTMLElement[],
    nameOf?: (item: T) => string
  ): HTMLElement {
    const box = element('div', '', '');
    const drawn = element('div', '', '');
    const shown = element('span', 'spice-model-quiet', '');
    shown.setAttribute('role', 'status');
    const earlier = button(this.trans.__('Previous'));
    const later = button(this.trans.__('Next'));
    const fill = () => {
      drawn.replaceChildren(...content());
      shown.textContent = said();
      // Not `disabled`, which would drop the focus of the keyboard.
      earlier.setAttribute('aria-disabled', String(pages.isFirst));
      later.setAttribute('aria-disabled', String(pages.isLast));
    };
    for (const [one, by] of [[earlier, -1], [later, 1]] as const) {
      one.addEventListener('click', () => {
        pages.turn(by);
        fill();
      });
    }
    fill();
    if (!pages.isLast) {
      const row = element('div', 'spice-model-pager', '');
      row.append(earlier, later, shown);
      if (nameOf) {
        row.prepend(this.search(text => {
          pages.keep(item => nameOf(item).toLowerCase().includes(text.toLowerCase()));
          fill();
        }));
      }
      box.append(row);
    }
    box.append(drawn);
    return box;
  }
}

/** As it is typeset elsewhere. */
function typeset(equation: string): string {
  return equation.replace(/<-/g, '\u2190').replace(/-/g, '\u2212');
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, name: string, text: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function button(text: string): HTMLButtonElement {
  const made = element('button', 'jp-mod-styled', text);
  made.type = 'button';
  return made;
}

function table(name: string, head: string[], rows: readonly string[][], equation: number): HTMLElement {
  const frame = element('div', 'spice-model-table', '');
  const made = element('table', '', '');
  made.setAttribute('aria-label', name);
  const line = made.createTHead().insertRow();
  for (const name of head) {
    const cell = element('th', '', name);
    cell.scope = 'col';
    line.append(cell);
  }
  const body = made.createTBody();
  for (const values of rows) {
    const row = body.insertRow();
    values.forEach((value, k) => row.append(element('td', k === equation ? 'spice-model-equation' : '', value)));
  }
  frame.append(made);
  return frame;
}

function numbers(pages: Pages<unknown>): string[] {
  return [pages.first, pages.last, pages.total].map(n => n.toLocaleString());
}
