import type { Artifact } from '../job/artifact.ts';
import type { Subject } from '../tracker/subject.ts';
import { followPages } from './follow-pages.ts';
import type { Streamed, Streaming } from './job-stream.ts';
import { openedArtifact } from './opened-artifact.ts';
import { formatCursor, parseCursor } from './stream-cursor.ts';

/** Each artifact once, as it becomes known. */
export async function* artifacts(
  subject: Subject,
  { signal, from, follow = true }: Streaming,
): AsyncGenerator<Streamed<Artifact>, void, undefined> {
  const { child } = subject;
  // A page may hold many: the cursor of each is its page's beginning and its place there.
  const [pageCursor, seenText] = splitPosition(parseCursor('artifact', from));
  let skip = Number(seenText ?? 0);
  let begun = pageCursor;
  let [before, now] = [new Set<string>(), new Set<string>()];
  const read = async (cursor: string | undefined) => {
    const page = await subject.listArtifacts(cursor === undefined ? {} : { cursor }, signal);
    return { ...page, count: page.items.length };
  };
  for await (const page of followPages(subject, read, { cursor: pageCursor, follow, ...(signal ? { signal } : {}) })) {
    for (const [index, info] of page.items.entries()) {
      if (index < skip) continue;
      const name = `${info.child ?? ''}\0${info.path}`;
      if (before.has(name) || now.has(name)) continue;
      now.add(name);
      const cursor = formatCursor('artifact', `${index + 1}@${begun ?? ''}`);
      const of = info.child ?? child;
      yield Object.assign(openedArtifact(subject, info), of === undefined ? { cursor } : { cursor, child: of });
    }
    skip = 0;
    // What comes twice comes at the edge of two pages: more need not be kept.
    if (now.size > 0) [before, now] = [now, new Set()];
    begun = page.cursor ?? begun;
  }
}

function splitPosition(position: string | undefined): [string | undefined, string | undefined] {
  if (position === undefined) return [undefined, undefined];
  const at = position.indexOf('@');
  const cursor = position.slice(at + 1);
  return [cursor === '' ? undefined : cursor, position.slice(0, at)];
}
