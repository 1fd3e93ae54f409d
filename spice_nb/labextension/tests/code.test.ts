import { appCode, freeName, notebook } from '../src/pure/code';

const PLAIN = { autosaveFolder: '', defaultModel: '' };

test('the app', () => {
  expect(appCode(PLAIN)).toBe('from spice_nb import SpiceApp\n\nSpiceApp()');
});

test('the app with settings', () => {
  expect(appCode({ autosaveFolder: ' ~/my "runs" ', defaultModel: 'choice' })).toBe(
    'import os\n\nos.environ["SPICE_NB_RUNS"] = os.path.expanduser("~/my \\"runs\\"")\n\n' +
      'from spice_nb import SpiceApp\n\napp = SpiceApp()\napp.settings.model.choose("choice")\napp'
  );
});

test('a path cannot end its literal', () => {
  expect(appCode(PLAIN, 'a"); import os #\n\\.csv')).toBe(
    'from spice_nb import SpiceApp\n\n' +
      'app = SpiceApp()\napp.data.model.read_path("a\\"); import os #\\n\\\\.csv")\napp'
  );
});

test('a notebook names its kernel', () => {
  expect(notebook('1', { name: 'python3', display_name: 'Python 3' })).toMatchObject({
    cells: [{ cell_type: 'code', source: '1', outputs: [] }],
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4
  });
});

test('a name that begins with ~ is nobody\'s home', () => {
  expect(appCode(PLAIN, '~root.csv')).toContain('read_path("./~root.csv")');
});

test('a name that is taken is numbered', () => {
  expect(freeName('people', [])).toBe('people.ipynb');
  expect(freeName('people', ['people.ipynb', 'people 1.ipynb'])).toBe('people 2.ipynb');
});
