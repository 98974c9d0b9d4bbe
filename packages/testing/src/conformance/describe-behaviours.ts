import type { Behaviour } from './behaviour.ts';
import { CHAPTERS } from './behaviour-list.ts';

/** A behaviour as data: what documents and reports are made of. */
export interface BehaviourInfo extends Omit<Behaviour, 'run'> {
  readonly chapter: string;
}

/** Everything the suite may ask, in the order it asks it. */
export function describeBehaviours(): readonly BehaviourInfo[] {
  return CHAPTERS.flatMap(({ name, behaviours }) =>
    behaviours.map(({ run: _run, ...told }) => ({ chapter: name, ...told })),
  );
}
