/** SPICE in JupyterLab. Every service outside is optional, so that the extension also loads in Notebook 7 and Voila. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Token } from '@lumino/coreutils';

import { addCommands, COMMANDS } from './commands';
import { Notebooks } from './notebooks';
import type { Settings } from './pure/code';

const ID = 'spice-nb:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'SPICE in the launcher, the menus and the command palette.',
  autoStart: true,
  optional: [ICommandPalette, INotebookTracker, ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    tracker: INotebookTracker | null,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ) => {
    // A page of Voila has none of what follows.
    if (palette === null && tracker === null) {
      return;
    }
    const trans = (translator ?? nullTranslator).load('spice_nb');
    // Settings that cannot be loaded are those of the schema; JupyterLab says why.
    const loaded = registry ? registry.load(ID).catch(() => null) : Promise.resolve(null);
    const settings = async (): Promise<Settings> => {
      const all = await loaded;
      return { autosaveFolder: text(all, 'autosaveFolder'), defaultModel: text(all, 'defaultModel') };
    };
    void loaded.then(all => {
      const paint = () => {
        document.body.dataset.spicePalette = text(all, 'palette');
      };
      all?.changed.connect(paint);
      paint();
    });
    const files = service(app, async () => (await import('@jupyterlab/filebrowser')).IFileBrowserFactory);
    addCommands({ app, files, notebooks: new Notebooks(app, tracker, trans), settings, trans });
    for (const command of [COMMANDS.open, COMMANDS.tutorials, COMMANDS.insertApp, COMMANDS.insertCode, COMMANDS.voila]) {
      palette?.addItem({ command, category: 'SPICE' });
    }
    void service(app, async () => (await import('@jupyterlab/launcher')).ILauncher).then(launcher => {
      launcher?.add({ command: COMMANDS.open, category: 'SPICE', rank: 0, args: { isLauncher: true } });
      launcher?.add({ command: COMMANDS.tutorials, category: 'SPICE', rank: 1, args: { isLauncher: true } });
    });
  }
};

function text(settings: ISettingRegistry.ISettings | null, name: string): string {
  return String(settings?.get(name).composite ?? '');
}

/** A service that some pages have neither the code nor the name of. */
async function service<T>(app: JupyterFrontEnd, token: () => Promise<Token<T>>): Promise<T | null> {
  try {
    return await app.resolveOptionalService(await token());
  } catch {
    return null;
  }
}

export default plugin;
