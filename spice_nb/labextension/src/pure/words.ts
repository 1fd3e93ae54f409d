/** What is needed of JupyterLab's translations; `%1`, `%2` stand for values. */
export interface Words {
  __(text: string, ...values: unknown[]): string;
  /** Singular and plural; `%1` is the number. */
  _n(one: string, many: string, n: number, ...values: unknown[]): string;
}
