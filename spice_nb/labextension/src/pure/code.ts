/** Cells and notebooks that the extension writes. Whatever comes from outside is written as a JSON string literal, which Python reads alike. */

export interface Settings {
  /** Where runs are kept; empty: where Python keeps them without being told. */
  autosaveFolder: string;
  /** The model an app starts with; empty: its first. */
  defaultModel: string;
}

/** The app. */
export function appCode(settings: Settings): string {
  const app = settings.defaultModel
    ? `app = SpiceApp()\napp.settings.model.choose(${literal(settings.defaultModel)})\napp`
    : 'SpiceApp()';
  return `${folderCode(settings)}from spice_nb.app import SpiceApp\n\n${app}`;
}

/** The data panel at a file. */
export function dataCode(path: string, settings: Settings): string {
  return [
    `${folderCode(settings)}from spice_nb.models.data import DataModel`,
    'from spice_nb.views.data_panel import DataPanel',
    '',
    'data = DataModel()',
    `data.read_path(${literal(path)})`,
    'DataPanel(data)'
  ].join('\n');
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
