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
  activate: async (
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
    const words = (translator ?? nullTranslator).load('spice_nb');
    const files = await service(app, async () => (await import('@jupyterlab/filebrowser')).IFileBrowserFactory);
    const launcher = await service(app, async () => (await import('@jupyterlab/launcher')).ILauncher);
    const loaded = registry ? await registry.load(ID) : null;
    const text = (name: string) => String(loaded?.get(name).composite ?? '');
    const settings = async (): Promise<Settings> => ({
      autosaveFolder: text('autosaveFolder'),
      defaultModel: text('defaultModel')
    });
    const paint = () => {
      document.body.dataset.spicePalette = text('palette');
    };
    loaded?.changed.connect(paint);
    paint();

    addCommands({ app, files, notebooks: new Notebooks(app, tracker, words), settings, words });
    for (const command of [COMMANDS.open, COMMANDS.tutorials, COMMANDS.insertApp, COMMANDS.insertCode, COMMANDS.voila]) {
      palette?.addItem({ command, category: 'SPICE' });
    }
    launcher?.add({ command: COMMANDS.open, category: 'SPICE', rank: 0, args: { isLauncher: true } });
    launcher?.add({ command: COMMANDS.tutorials, category: 'SPICE', rank: 1, args: { isLauncher: true } });
  }
};

/** A service that some pages have neither the code nor the name of. */
async function service<T>(app: JupyterFrontEnd, token: () => Promise<Token<T>>): Promise<T | null> {
  try {
    return await app.resolveOptionalService(await token());
  } catch {
    return null;
  }
}

export default plugin;
