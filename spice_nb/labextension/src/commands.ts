/** The commands of the palette, the launcher and the menu of the file browser. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { showErrorMessage } from '@jupyterlab/apputils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { spiceIcon } from './icon';
import { HINT_MS, type Notebooks } from './notebooks';
import { appCode, type Settings } from './pure/code';

export const COMMANDS = {
  open: 'spice-nb:new-notebook',
  tutorials: 'spice-nb:open-tutorials',
  insertApp: 'spice-nb:insert-app',
  insertCode: 'spice-nb:insert-code',
  voila: 'spice-nb:render-with-voila',
  fitTable: 'spice-nb:fit-table'
};

/** Commands of Voila's extension and of the file browser, which the notebooks of Notebook 7 do not have. */
const VOILA = 'notebook:render-with-voila';
const GO_TO = 'filebrowser:go-to-path';

interface Surroundings {
  app: JupyterFrontEnd;
  files: Promise<IFileBrowserFactory | null>;
  notebooks: Notebooks;
  settings: () => Promise<Settings>;
  trans: TranslationBundle;
}

export function addCommands({ app, files, notebooks, settings, trans }: Surroundings): void {
  const { commands } = app;
  const { contents } = app.serviceManager;
  const browser = async () => (await files)?.tracker.currentWidget ?? null;

  /** Adds a command whose failures, such as a folder that cannot be written, are said. */
  function add(id: string, { execute, ...options }: CommandRegistry.ICommandOptions): void {
    commands.addCommand(id, {
      ...options,
      execute: async args => {
        try {
          await execute(args);
        } catch (error) {
          await showErrorMessage('SPICE', error as Error);
        }
      }
    });
  }

  add(COMMANDS.open, {
    label: args =>
      args.isLauncher ? trans.__('SPICE') : args.isMenu ? trans.__('SPICE Notebook') : trans.__('New SPICE notebook'),
    caption: trans.__('A notebook with the app: from a table of choices to equations'),
    icon: spiceIcon,
    execute: async args =>
      notebooks.open(appCode(await settings()), typeof args.cwd === 'string' ? args.cwd : ((await browser())?.model.path ?? ''), 'SPICE')
  });

  add(COMMANDS.tutorials, {
    label: args => (args.isLauncher ? trans.__('Tutorials') : trans.__('SPICE tutorials')),
    caption: trans.__('The folder of the tutorials'),
    icon: spiceIcon,
    execute: async () => {
      for (const place of ['notebooks', '']) {
        const first = [place, '00_app.ipynb'].filter(Boolean).join('/');
        if (commands.hasCommand(GO_TO) && (await exists(first))) {
          return commands.execute(GO_TO, { path: place || '/' });
        }
      }
      notebooks.say(
        trans.__('The tutorials are the folder "notebooks" of a checkout of spice-nb; JupyterLab was started elsewhere. There, "make lab" does it.')
      );
    }
  });

  add(COMMANDS.insertApp, {
    label: trans.__('Insert the SPICE app below'),
    execute: async () => notebooks.insert(appCode(await settings()))
  });

  add(COMMANDS.insertCode, {
    label: trans.__('Insert the code of the current SPICE settings below'),
    execute: async () => {
      const script = await notebooks.ask("__import__('spice_nb').current_python()");
      if (script !== null) {
        await notebooks.insert(script);
      }
    }
  });

  add(COMMANDS.voila, {
    label: trans.__('Render this notebook with Voila'),
    execute: async () => {
      if (commands.hasCommand(VOILA)) {
        return notebooks.current() && commands.execute(VOILA);
      }
      return notebooks.say(trans.__('Voila is not installed here: "pip install voila" where JupyterLab runs, then reload the page.'));
    }
  });

  add(COMMANDS.fitTable, {
    label: trans.__('Fit with SPICE'),
    icon: spiceIcon,
    execute: async () => {
      const [chosen, another] = (await browser())?.selectedItems() ?? [];
      if (!chosen || another) {
        return notebooks.say(trans.__('Choose one table.'), HINT_MS);
      }
      // The kernel works in the folder of its notebook, which is that of the table.
      await notebooks.open(appCode(await settings(), chosen.name), chosen.path.slice(0, -chosen.name.length), chosen.name.replace(/\.[^.]*$/, ''));
    }
  });

  /** Asks for the list of the folder: a file that is not there would be an error in the console. */
  async function exists(path: string): Promise<boolean> {
    let place = '';
    for (const name of path.split('/')) {
      const folder = await contents.get(place);
      if (folder.type !== 'directory' || !(folder.content as { name: string }[]).some(one => one.name === name)) {
        return false;
      }
      place = place ? `${place}/${name}` : name;
    }
    return true;
  }
}
