import type { Words } from '../src/pure/words';

/** English, as it stands in the sources. */
export const english: Words = {
  __: (text, ...values) => text.replace(/%(\d)/g, (_, k) => String(values[Number(k) - 1])),
  _n: (one, many, n, ...values) => english.__(n === 1 ? one : many, n, ...values)
};
