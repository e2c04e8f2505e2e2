/** A file of pretrained weights that configs name, such as `imagenet`. */
export interface KnownWeights {
  /** Address of a safetensors file or a checkpoint of `torch.save`. */
  readonly url: string;
  /** SHA-256 of the file in hexadecimal digits: all 64, or the first 8 that PyTorch puts into file names. */
  readonly sha256: string;
}

/** Replaces the start of a name. */
export interface RenameRule {
  /** What names start with in the file; empty fits all. */
  readonly from: string;
  /** What they start with in the network. */
  readonly to: string;
}

/** Weights to start from, as a config gives them. */
export interface WeightsSource {
  /** A file (relative paths start at the config's folder), an address, or the name of registered weights. */
  readonly from: string;
  /** The weights stand in the file under names that start so; default: found out. */
  readonly prefix?: string | undefined;
  /** Tried in order on every name of the file; the first that fits is applied. */
  readonly rename?: readonly RenameRule[] | undefined;
  /** SHA-256 of the file, 8 to 64 hexadecimal digits of its start. */
  readonly sha256?: string | undefined;
  /** Share of the network's values, in (0, 1], that the file must hold. Default 1. */
  readonly minimum?: number | undefined;
}

/** Weights to start from: a file, an address or a registered name, alone or with details. */
export type WeightsOption = string | WeightsSource;

/** Options of every registered file of weights by name; plugins merge theirs in. */
export interface WeightsOptions {}
