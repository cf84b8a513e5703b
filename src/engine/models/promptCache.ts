import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Keeps the features of prompts beyond this page; what is lost is encoded again. */
export interface PromptStore {
  /** The values kept under a key; null when there are none. */
  read(key: string): Promise<Float32Array<ArrayBuffer> | null>;
  write(key: string, features: Float32Array<ArrayBuffer>): Promise<void>;
}

/** Prompts kept in memory: a film's with those of the films around it. */
const most = 64;

/** Features [length, width] of prompts that have been encoded, in memory and in a store. */
export class PromptCache {
  readonly #identity: string;
  readonly #store: PromptStore | null;
  readonly #width: number;
  /** The prompt used longest ago comes first. */
  readonly #known = new Map<string, Float32Array<ArrayBuffer>>();

  /**
   * @param identity of the checkpoint, which another encoder of the same shape must not share
   * @param width of the features
   */
  constructor(identity: string, width: number, store: PromptStore | null) {
    this.#identity = identity;
    this.#width = width;
    this.#store = store;
  }

  /** A prompt's features; null when it has never been encoded. */
  async get(ids: Uint32Array): Promise<Float32Array<ArrayBuffer> | null> {
    const key = this.#key(ids);
    const known = this.#known.get(key) ?? (await this.#stored(key));
    if (known?.length !== ids.length * this.#width) return null;
    this.#remember(key, known);
    return known;
  }

  /** Keeps a prompt's features; a store that is full or shut only costs time later. */
  async put(ids: Uint32Array, features: Float32Array<ArrayBuffer>): Promise<void> {
    const key = this.#key(ids);
    this.#remember(key, features);
    await this.#store?.write(key, features).catch(() => undefined);
  }

  async #stored(key: string): Promise<Float32Array<ArrayBuffer> | null> {
    return (await this.#store?.read(key).catch(() => null)) ?? null;
  }

  #remember(key: string, features: Float32Array<ArrayBuffer>): void {
    this.#known.delete(key);
    this.#known.set(key, features);
    const [oldest] = this.#known.keys();
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest);
  }

  #key(ids: Uint32Array): string {
    return bytesToHex(sha256(utf8ToBytes(`${this.#identity} ${ids.join(',')}`)));
  }
}
