/** The commands of the palette, the launcher and the menu of the file browser. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';

import { spiceIcon } from './icon';
import type { Notebooks } from './notebooks';
import { appCode, type Settings } from './pure/code';

export const COMMANDS = {
  open: 'spice-nb:new-notebook',
  tutorials: 'spice-nb:open-tutorials',
  insertApp: 'spice-nb:insert-app',
  insertCode: 'spice-nb:insert-code',
  voila: 'spice-nb:render-with-voila',
  fitTable: 'spice-nb:fit-table'
};

/** Command of Voila's own extension. */
const VOILA = 'notebook:render-with-voila';

interface Surroundings {
  app: JupyterFrontEnd;
  files: IFileBrowserFactory | null;
  notebooks: Notebooks;
  settings: () => Promise<Settings>;
  words: TranslationBundle;
}

export function addCommands({ app, files, notebooks, settings, words }: Surroundings): void {
  const { commands } = app;
  const folder = () => files?.tracker.currentWidget?.model.path ?? '';
  const { contents } = app.serviceManager;

  commands.addCommand(COMMANDS.open, {
    label: args => (args.isLauncher ? words.__('SPICE') : words.__('New SPICE notebook')),
    caption: words.__('A notebook with the app: from a table of choices to equations'),
    icon: spiceIcon,
    execute: async args =>
      notebooks.open(appCode(await settings()), typeof args.cwd === 'string' ? args.cwd : folder())
  });

  commands.addCommand(COMMANDS.tutorials, {
    label: args => (args.isLauncher ? words.__('Tutorials') : words.__('SPICE tutorials')),
    caption: words.__('The folder of the tutorials'),
    icon: spiceIcon,
    execute: async () => {
      for (const place of ['notebooks', '']) {
        const first = [place, '00_app.ipynb'].filter(Boolean).join('/');
        if (await exists(first)) {
          return commands.execute('filebrowser:go-to-path', { path: place || '/' });
        }
      }
      notebooks.say(
        words.__('The tutorials are in the folder "notebooks" of spice-nb, and the folder that JupyterLab was started in has none. Start JupyterLab in the folder of spice-nb: "make lab" there does it.')
      );
    }
  });

  commands.addCommand(COMMANDS.insertApp, {
    label: words.__('Insert the SPICE app below'),
    execute: async () => notebooks.insert(appCode(await settings()))
  });

  commands.addCommand(COMMANDS.insertCode, {
    label: words.__('Insert the code of the current SPICE settings below'),
    execute: async () => {
      const reply = await notebooks.ask("__import__('spice_nb.app').app.current_python()");
      if (reply === null) {
        return;
      }
      if ('text' in reply) {
        notebooks.insert(reply.text);
      } else if (['ModuleNotFoundError', 'AttributeError'].includes(reply.error)) {
        notebooks.say(words.__('The kernel of this notebook has no spice-nb, or an older one. Run "%pip install --upgrade spice-nb" in a cell, then restart the kernel.'));
      } else {
        notebooks.say(reply.says);
      }
    }
  });

  commands.addCommand(COMMANDS.voila, {
    label: words.__('Render this notebook with Voila'),
    execute: async () => {
      if (commands.hasCommand(VOILA)) {
        return notebooks.current() && commands.execute(VOILA);
      }
      notebooks.say(words.__('Voila is not installed here: "pip install voila" where JupyterLab runs, then reload the page.'));
    }
  });

  commands.addCommand(COMMANDS.fitTable, {
    label: words.__('Fit with SPICE'),
    icon: spiceIcon,
    execute: async () => {
      const chosen = [...(files?.tracker.currentWidget?.selectedItems() ?? [])][0];
      if (!chosen) {
        return;
      }
      // The kernel works in the folder of its notebook, which is that of the table.
      await notebooks.open(appCode(await settings(), chosen.name), chosen.path.slice(0, -chosen.name.length));
    }
  });

  /** Asks for the list of the folder: a file that is not there would be an error in the console. */
  async function exists(path: string): Promise<boolean> {
    let place = '';
    for (const name of path.split('/')) {
      const { content } = await contents.get(place);
      if (!(content as { name: string }[]).some(one => one.name === name)) {
        return false;
      }
      place = place ? `${place}/${name}` : name;
    }
    return true;
  }
}
