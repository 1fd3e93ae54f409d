import { upgradeAdvice } from '../src/pure/versions';
import { VERSION } from '../src/version';
import { version } from '../package.json';
import { english } from './words';

const EXTENSION = /Upgrade the extension: "pip install -U spice-nb" where JupyterLab runs/;
const PACKAGE = /Upgrade the package: "%pip install -U spice-nb" in a cell/;

test.each([
  ['0.1.0', '0.2.0', EXTENSION],
  ['0.9.0', '0.10.0', EXTENSION],
  ['0.2.0-rc.1', '0.2.0', EXTENSION],
  ['0.2.0', '0.1.9', PACKAGE],
  ['0.2.0', '0.2.0rc1', PACKAGE],
  ['0.1.0', '0.1.0', /^$/],
  ['0.2.0-rc.1', '0.2.0rc1', /^$/],
  ['0.1.0', '0.1', /^$/],
  ['0.1.0', '0.1.0+local', /^$/],
  ['0.1.0', '0+unknown', /^$/]
])('extension %s, package %s', (extension, python, advice) => {
  expect(upgradeAdvice(extension, python, english)).toMatch(advice);
  // JupyterLab cuts longer notifications.
  expect(upgradeAdvice(extension, python, english).length).toBeLessThanOrEqual(140);
});

test('the version is that of the package', () => {
  expect(VERSION).toBe(version);
});
