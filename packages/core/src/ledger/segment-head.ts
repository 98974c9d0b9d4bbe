/** How far a segment goes: its last whole line. */
export interface SegmentHead {
  /** Number of the line. */
  readonly n: number;
  /** SHA-256 of its bytes, the line end included. */
  readonly hash: string;
  /** Length of the segment up to and with this line. */
  readonly sizeBytes: number;
  /** Bytes behind it that are no whole line: the session died, or the disk was full, while it wrote them. */
  readonly tornBytes?: number;
}
