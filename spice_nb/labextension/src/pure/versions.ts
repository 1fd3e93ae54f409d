/** Compares the extension with the Python package of a kernel. */
import type { Words } from './words';

/** What to upgrade; empty where both are alike, or the package is a source tree without a version. */
export function upgradeAdvice(extension: string, python: string, trans: Words): string {
  if (python.startsWith('0+')) {
    return '';
  }
  const difference = compare(extension, python);
  if (difference < 0) {
    return trans.__('The extension is %1, the kernel has %2. Upgrade the extension: "pip install -U spice-nb" where JupyterLab runs, and reload.', extension, python);
  }
  if (difference > 0) {
    return trans.__('The kernel has %1, the extension is %2. Upgrade the package: "%pip install -U spice-nb" in a cell, and restart the kernel.', python, extension);
  }
  return '';
}

function compare(one: string, other: string): number {
  const [a, b] = [parts(one), parts(other)];
  for (let k = 0; k < Math.max(a.numbers.length, b.numbers.length); k++) {
    const difference = (a.numbers[k] ?? 0) - (b.numbers[k] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  // 0.2.0rc1 comes before 0.2.0.
  return a.rest === b.rest ? 0 : a.rest === '' ? 1 : b.rest === '' ? -1 : a.rest < b.rest ? -1 : 1;
}

/** Python writes 0.2.0rc1 what npm writes 0.2.0-rc.1; what follows a plus sign does not count. */
function parts(version: string): { numbers: number[]; rest: string } {
  const [, numbers = '', rest = ''] = /^(\d+(?:\.\d+)*)([^+]*)/.exec(version) ?? [];
  return { numbers: numbers.split('.').map(Number), rest: rest.replace(/[-.]/g, '') };
}
