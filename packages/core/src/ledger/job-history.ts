import type { RecordPosition } from './ledger.ts';
import type {
  AttemptRecord,
  CancelRecord,
  DutyState,
  EndRecord,
  IntentRecord,
  OutcomeRecord,
  PartRecord,
} from './ledger-record.ts';
import type { SessionIdentity } from './session-identity.ts';

/** What all sessions together know of one key. The same, whatever order their records are read in. */
export interface JobHistory {
  readonly key: string;
  readonly keyGiven: boolean;
  /** One per submission, first submission first; never empty. */
  readonly intents: readonly IntentRecord[];
  /** Parts recorded after their submission's intent. */
  readonly parts: readonly PartRecord[];
  /** One per submission and part: accepted beats refused beats absent beats unknown. */
  readonly outcomes: readonly OutcomeRecord[];
  /** Parts that were accepted a second time under another native id: a duplicate that must be cancelled and reported. */
  readonly duplicates: readonly OutcomeRecord[];
  /** One per attempt and part, first attempt first. */
  readonly attempts: readonly AttemptRecord[];
  /** The best-founded end of each attempt, first attempt first. */
  readonly ends: readonly EndRecord[];
  /** The best-founded end of each attempt of a part, of a job with several parts or submissions. */
  readonly partEnds: readonly EndRecord[];
  /** The end of the newest attempt; absent while an attempt, a submission or a duty is known that has not ended. */
  readonly end?: EndRecord;
  readonly cancels: readonly CancelRecord[];
  /** Each duty with how far it got. */
  readonly duties: readonly { readonly duty: string; readonly state: DutyState }[];
  /** Who may create more work for this key: the session of the newest intent, or who took over since. */
  readonly owner: SessionIdentity;
  /** Where the first intent stands. */
  readonly position: RecordPosition;
}
