import { Pages } from '../src/pure/pages';

const look = (pages: Pages<number>) => [pages.shown, pages.first, pages.last, pages.isFirst, pages.isLast];

test('pages turn and stop at the ends', () => {
  const pages = new Pages([1, 2, 3, 4, 5], 2);
  expect(look(pages)).toEqual([[1, 2], 1, 2, true, false]);
  pages.turn(-1);
  expect(look(pages)).toEqual([[1, 2], 1, 2, true, false]);
  pages.turn(1);
  expect(look(pages)).toEqual([[3, 4], 3, 4, false, false]);
  pages.turn(7);
  expect(look(pages)).toEqual([[5], 5, 5, false, true]);
});

test('a full last page has none after it', () => {
  const pages = new Pages([1, 2, 3, 4], 2);
  pages.turn(2);
  expect(look(pages)).toEqual([[3, 4], 3, 4, false, true]);
});

test('nothing', () => {
  expect(look(new Pages<number>([], 2))).toEqual([[], 0, 0, true, true]);
});

test('only some are kept, and all come back', () => {
  const pages = new Pages([1, 2, 3, 4, 5], 2);
  pages.turn(2);
  pages.keep(item => item > 3);
  expect([pages.shown, pages.first, pages.last, pages.total]).toEqual([[4, 5], 1, 2, 2]);
  pages.keep(() => false);
  expect([pages.shown, pages.first, pages.last, pages.isLast]).toEqual([[], 0, 0, true]);
  pages.keep(() => true);
  expect(pages.total).toBe(5);
});
