/** Reads what a kernel answers to an expression. */
import type { Words } from './words';

/** An answer: text, or what went wrong. */
export type Reply = { text: string } | { error: string; says: string };

/**
 * The answer to an expression that is a text in Python.
 *
 * @param reply - What stands in `user_expressions`.
 */
export function readReply(reply: unknown): Reply {
  const answer = (reply ?? {}) as { status?: string; data?: Record<string, unknown>; ename?: string; evalue?: string };
  if (answer.status !== 'ok') {
    return { error: String(answer.ename ?? 'Error'), says: String(answer.evalue ?? '') };
  }
  return { text: unquoted(String(answer.data?.['text/plain'] ?? '')) };
}

/** What to say of an answer that is none. */
export function trouble({ error, says }: { error: string; says: string }, trans: Words): string {
  if (error === 'AttributeError' || (error === 'ModuleNotFoundError' && says.includes("'spice_nb"))) {
    return trans.__('The kernel has no spice-nb, or an older one. Run "%pip install -U spice-nb" in a cell, and restart the kernel.');
  }
  // A kernel leaves questions aside that wait behind a cell which fails; another language has no such questions.
  return says || trans.__('The kernel gave no answer: a cell before it failed, or it does not run Python. Ask again.');
}

/** Python's notation of a text, taken back to the text. */
export function unquoted(shown: string): string {
  const inner = /^(['"])([^]*)\1$/.exec(shown)?.[2];
  if (inner === undefined) {
    return shown;
  }
  const signs: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
  return inner.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g, (_, x, u, long, sign: string) =>
    sign === undefined ? String.fromCodePoint(parseInt(x ?? u ?? long, 16)) : (signs[sign] ?? sign)
  );
}
