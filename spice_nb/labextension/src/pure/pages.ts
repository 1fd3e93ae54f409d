/** Turns the pages of a long list. */
export class Pages<T> {
  private page = 0;
  private items: readonly T[];

  constructor(
    private all: readonly T[],
    private size: number
  ) {
    this.items = all;
  }

  /** Keep only some of all items. */
  keep(which: (item: T) => boolean): void {
    this.items = this.all.filter(which);
    this.page = 0;
  }

  get shown(): readonly T[] {
    return this.items.slice(this.page * this.size, (this.page + 1) * this.size);
  }

  /** Number of the first one that is shown, counted from 1. */
  get first(): number {
    return this.items.length === 0 ? 0 : this.page * this.size + 1;
  }

  /** Number of the last one that is shown. */
  get last(): number {
    return Math.min((this.page + 1) * this.size, this.items.length);
  }

  get total(): number {
    return this.items.length;
  }

  get isFirst(): boolean {
    return this.page === 0;
  }

  get isLast(): boolean {
    return this.last === this.total;
  }

  /** Turn on, or back where the number is negative; it stops at the ends. */
  turn(pages: number): void {
    const most = Math.max(Math.ceil(this.items.length / this.size) - 1, 0);
    this.page = Math.min(Math.max(this.page + pages, 0), most);
  }
}
