/** Notebooks of JupyterLab: new ones, cells in the one that is open, questions to its kernel. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import { type INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { freeName, notebook } from './pure/code';
import { readReply, type Reply, trouble } from './pure/replies';
import { upgradeAdvice } from './pure/versions';
import { VERSION } from './version';

/** For how long a hint is shown that asks for nothing outside JupyterLab. */
export const HINT_MS = 8000;
/** JupyterLab cuts what is longer. */
const LONGEST_NOTIFICATION = 140;
/** A first import takes its time; an idle kernel does not. */
const IMPORT_SECONDS = 20;
const ANSWER_SECONDS = 5;

export class Notebooks {
  constructor(
    private app: JupyterFrontEnd,
    private tracker: INotebookTracker | null,
    private trans: TranslationBundle
  ) {}

  /** Open a new notebook of one cell in a folder, under a name like this one, and run it where that is on the same page. */
  async open(code: string, folder: string, stem: string): Promise<void> {
    const { contents } = this.app.serviceManager;
    const kernel = await this.pythonKernel();
    if (kernel === null) {
      this.say(this.trans.__('There is no Python kernel here. Install one: "pip install ipykernel" where JupyterLab runs.'));
      return;
    }
    const beside = (await contents.get(folder)).content as { name: string }[];
    const name = freeName(stem, beside.map(one => one.name));
    const path = folder ? `${folder.replace(/\/$/, '')}/${name}` : name;
    await contents.save(path, { type: 'notebook', format: 'json', content: notebook(code, kernel) });
    // Notebook 7 opens it in another tab, and gives nothing back.
    const panel = (await this.app.commands.execute('docmanager:open', { path, factory: 'Notebook' })) as
      | NotebookPanel
      | undefined;
    if (!panel?.content) {
      return;
    }
    await panel.revealed;
    await panel.sessionContext.ready;
    // The question imports what the cell imports, so nothing is lost by waiting; a cell that runs sooner may show its
    // widgets before the page is ready for widgets.
    await this.compareVersions(panel);
    await NotebookActions.run(panel.content, panel.sessionContext);
  }

  /** Insert a cell below the one that is active. */
  async insert(code: string): Promise<void> {
    const content = this.current()?.content;
    if (!content?.model) {
      return;
    }
    const language = content.model.defaultKernelLanguage;
    if (language && language !== 'python') {
      this.say(this.trans.__('This notebook runs %1, and SPICE is Python. Choose a Python kernel at its upper right.', language));
      return;
    }
    const below = content.activeCellIndex + 1;
    content.model.sharedModel.insertCell(below, { cell_type: 'code', source: code, metadata: { trusted: true } });
    content.activeCellIndex = below;
    content.deselectAll();
    await NotebookActions.focusActiveCell(content);
  }

  /** The text that an expression is in the kernel of the notebook that is open; null where there is none, which is said. */
  async ask(expression: string): Promise<string | null> {
    const panel = this.current();
    if (panel === null) {
      return null;
    }
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel) {
      this.say(this.trans.__('This notebook has no kernel. Choose one at its upper right, and run the cell with the app.'));
      return null;
    }
    const reply = await answer(kernel, expression, ANSWER_SECONDS);
    if (reply === null) {
      this.say(this.trans.__('The kernel is busy with another cell: ask again when it is idle.'), HINT_MS);
      return null;
    }
    if ('text' in reply) {
      return reply.text;
    }
    this.say(trouble(reply, this.trans));
    return null;
  }

  /** Say a sentence, until it is closed or for some time. */
  say(sentence: string, autoClose: number | false = false): void {
    if (sentence.length > LONGEST_NOTIFICATION) {
      void showErrorMessage('SPICE', sentence);
    } else {
      Notification.warning(sentence, { autoClose });
    }
  }

  /** The notebook that is open; null where there is none, which is said. */
  current(): NotebookPanel | null {
    const panel = this.tracker?.currentWidget ?? null;
    if (panel === null) {
      this.say(this.trans.__('Open a notebook first.'), HINT_MS);
    }
    return panel;
  }

  private async pythonKernel(): Promise<{ name: string; display_name: string } | null> {
    const { kernelspecs } = this.app.serviceManager;
    await kernelspecs.ready;
    const all = kernelspecs.specs?.kernelspecs ?? {};
    const python = [all[kernelspecs.specs?.default ?? ''], ...Object.values(all)].find(
      one => one?.language.toLowerCase() === 'python'
    );
    return python ? { name: python.name, display_name: python.display_name } : null;
  }

  private async compareVersions(panel: NotebookPanel): Promise<void> {
    const kernel = panel.sessionContext.session?.kernel;
    const reply = kernel ? await answer(kernel, "__import__('spice_nb').__version__", IMPORT_SECONDS) : null;
    if (reply === null) {
      return;
    }
    const advice = 'text' in reply ? upgradeAdvice(VERSION, reply.text, this.trans) : trouble(reply, this.trans);
    if (advice) {
      this.say(advice);
    }
  }
}

/** A kernel's answer to an expression; null where it takes too long. */
async function answer(kernel: Kernel.IKernelConnection, expression: string, seconds: number): Promise<Reply | null> {
  const asked = kernel.requestExecute({
    code: '',
    silent: false,
    store_history: false,
    user_expressions: { asked: expression }
  });
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), seconds * 1000));
  // A kernel that is restarted or gone answers nothing.
  const reply = await Promise.race([asked.done.catch(() => null), late]);
  if (reply === null) {
    asked.dispose();
    return null;
  }
  const { content } = reply;
  return readReply(content.status === 'ok' ? content.user_expressions.asked : content);
}
