/** What is needed of JupyterLab's translations; `%1`, `%2` stand for values. */
export interface Words {
  __(text: string, ...values: unknown[]): string;
}
