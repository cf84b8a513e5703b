/**
 * Counts the bytes of a device's buffers where they are made and destroyed, whoever asks for them: a second opinion
 * beside the engine's own count.
 */
export class BufferLedger {
  readonly #sizes = new Map<GPUBuffer, number>();
  #bytes = 0;
  #peak = 0;
  #largest = 0;

  /** Watches buffers that are made from now on. */
  constructor(device: GPUDevice) {
    const make = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = make(descriptor);
      this.#sizes.set(buffer, buffer.size);
      this.#count(buffer.size);
      this.#largest = Math.max(this.#largest, buffer.size);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        this.#count(-(this.#sizes.get(buffer) ?? 0));
        this.#sizes.delete(buffer);
        return destroy();
      };
      return buffer;
    };
  }

  /** Bytes of the watched buffers that have not been destroyed. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Most bytes at once since the last reset. */
  get peak(): number {
    return this.#peak;
  }

  /** Bytes of the largest buffer since the last reset. */
  get largest(): number {
    return this.#largest;
  }

  /** Labels of the watched buffers that have not been destroyed. */
  labels(): string[] {
    return [...this.#sizes.keys()].map(({ label }) => label);
  }

  reset(): void {
    this.#peak = this.#bytes;
    this.#largest = 0;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#peak = Math.max(this.#peak, this.#bytes);
  }
}
