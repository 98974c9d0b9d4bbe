/** Amounts on ONE node, shared by the processes there. What is left out is the backend's own default: core invents none. */
export interface Resources {
  /** Whole processor cores. */
  readonly cpus?: number;
  /** Whole accelerators. */
  readonly gpus?: number;
  /** The backend's name for the model, `a100`; needs `gpus`. */
  readonly gpuType?: string;
  /** Memory in GiB (2^30 bytes), fractions allowed. */
  readonly memoryGiB?: number;
  /** Scratch space in GiB. */
  readonly diskGiB?: number;
  /** Size of `/dev/shm` in GiB. */
  readonly sharedMemoryGiB?: number;
  readonly architecture?: 'x86_64' | 'arm64';
}
