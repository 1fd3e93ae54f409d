/** Cells and notebooks that the extension writes. Whatever comes from outside is written as a JSON string literal, which Python reads alike. */

export interface Settings {
  /** Where runs are kept; empty: where Python keeps them without being told. */
  autosaveFolder: string;
  /** The model an app starts with; empty: its first. */
  defaultModel: string;
}

/** The app, at a table where the name of one is given. */
export function appCode(settings: Settings, table = ''): string {
  // A ~ at the beginning would be somebody's home.
  const path = table.startsWith('~') ? `./${table}` : table;
  const steps = [
    settings.defaultModel ? `app.settings.model.choose(${literal(settings.defaultModel)})` : '',
    path ? `app.data.model.read_path(${literal(path)})` : ''
  ].filter(Boolean);
  const app = steps.length > 0 ? ['app = SpiceApp()', ...steps, 'app'] : ['SpiceApp()'];
  return [`${folderCode(settings)}from spice_nb import SpiceApp`, '', ...app].join('\n');
}

function folderCode(settings: Settings): string {
  const folder = settings.autosaveFolder.trim();
  return folder ? `import os\n\nos.environ["SPICE_NB_RUNS"] = os.path.expanduser(${literal(folder)})\n\n` : '';
}

function literal(text: string): string {
  return JSON.stringify(text);
}

/** A notebook of one cell that names its kernel, so that nobody is asked for one. */
export function notebook(code: string, kernel: { name: string; display_name: string }): object {
  return {
    cells: [{ cell_type: 'code', id: 'spice', metadata: {}, source: code, execution_count: null, outputs: [] }],
    metadata: { kernelspec: { ...kernel, language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5
  };
}

/** A name that is not taken in a folder: `people.ipynb`, then `people 1.ipynb`. */
export function freeName(stem: string, taken: readonly string[]): string {
  const name = (k: number) => `${stem}${k === 0 ? '' : ` ${k}`}.ipynb`;
  let k = 0;
  while (taken.includes(name(k))) {
    k++;
  }
  return name(k);
}
