/** Shows saved models, both as files and as outputs of cells. */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { type ITranslator, nullTranslator } from '@jupyterlab/translation';

import { readDocument, Refused } from './pure/document';
import { ModelViewer } from './viewer';

const MIME_TYPE = 'application/vnd.spice-nb+json';

class Renderer extends ModelViewer implements IRenderMime.IRenderer {
  constructor({ translator }: IRenderMime.IRendererOptions) {
    super(((translator as ITranslator | undefined) ?? nullTranslator).load('spice_nb'));
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    try {
      this.draw(readDocument(model.data[MIME_TYPE], this.trans));
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      this.refuse(error.message);
    }
  }
}

const extension: IRenderMime.IExtension = {
  id: 'spice-nb:viewer',
  description: 'Shows saved SPICE models.',
  rendererFactory: {
    safe: true,
    mimeTypes: [MIME_TYPE],
    createRenderer: options => new Renderer(options)
  },
  rank: 0,
  // A file comes as text, so that one that is no JSON is refused in words; an output as what its JSON stands for.
  dataType: 'string',
  fileTypes: [
    {
      name: 'spice-model',
      displayName: 'SPICE model',
      extensions: ['.spice.json'],
      mimeTypes: [MIME_TYPE],
      fileFormat: 'text',
      iconClass: 'jp-MaterialIcon jp-JsonIcon'
    }
  ],
  documentWidgetFactoryOptions: {
    name: 'SPICE model',
    modelName: 'text',
    primaryFileType: 'spice-model',
    fileTypes: ['spice-model'],
    defaultFor: ['spice-model']
  }
};

export default extension;
