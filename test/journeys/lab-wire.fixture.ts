/** What the adapter of the laboratory and its backend say to each other, and the record the backend keeps. */
export interface LabPart {
  readonly token: string;
  readonly key: string;
  readonly submission: number;
  readonly part: number;
  /** The items it runs; `[0]` for a single job. */
  readonly tasks: readonly number[];
  readonly plan: LabPlan;
}

/** How the science of a job goes: written into its environment. */
export interface LabPlan {
  /** The first runs of a task fail, so many. @default 0 */
  readonly failFirst?: number;
  /** Which tasks fail so; all of them when left out. */
  readonly failing?: readonly number[];
  /** Runs until the backend opens this gate. */
  readonly gate?: string;
}

export type LabRow = { readonly index: number; readonly state: LabState };
export type LabState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'refused';

export interface LabObject {
  readonly nativeId: string;
  readonly state: LabState;
  readonly counts: { readonly [State in LabState]?: number };
}

/** One line of the record: only ever added. */
export type LabEvent =
  | ({ readonly type: 'created'; readonly nativeId: string } & Omit<LabPart, 'plan'>)
  /** Its token was claimed before, or fenced: it ran nothing. */
  | { readonly type: 'refused'; readonly nativeId: string; readonly key: string; readonly token: string }
  | { readonly type: 'fenced'; readonly token: string }
  | LabRun
  | (Omit<LabRun, 'type'> & { readonly type: 'ended'; readonly how: 'succeeded' | 'failed' | 'cancelled' })
  | { readonly type: 'cancel'; readonly nativeId: string; readonly key: string };

/** The science of one task began. */
export interface LabRun {
  readonly type: 'run';
  readonly nativeId: string;
  readonly key: string;
  readonly submission: number;
  readonly index: number;
}
