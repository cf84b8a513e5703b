import { type ModelConfig, parseModelConfig } from '../../model/config.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors, type TensorEntry } from '../weights/safetensors.ts';

/** Where the server of the tests has the built-in model. */
export const modelFolder = '/models/papercut/';

export async function fetchBytes(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers with ${response.status}`);
  return response.blob();
}

/** The built-in model's weight files. */
export interface PapercutFiles {
  config: ModelConfig;
  dit: Blob;
  ae: Blob;
}

export async function papercutFiles(): Promise<PapercutFiles> {
  const config: unknown = JSON.parse(await (await fetchBytes(`${modelFolder}config.json`)).text());
  return {
    config: parseModelConfig(config),
    dit: await fetchBytes(`${modelFolder}dit.safetensors`),
    ae: await fetchBytes(`${modelFolder}ae.safetensors`),
  };
}

/** A copy of a safetensors file in which `change` has changed the bytes of one tensor. */
export async function withTensor(
  file: Blob,
  name: string,
  change: (bytes: Uint8Array) => void,
): Promise<Blob> {
  const { offset, bytes } = await entryOf(file, name);
  const tensor = new Uint8Array(await file.slice(offset, offset + bytes).arrayBuffer());
  change(tensor);
  return new Blob([file.slice(0, offset), tensor, file.slice(offset + bytes)]);
}

/** A copy of a safetensors file in which `change` has changed the header's table, without making it longer. */
export async function withHeader(
  file: Blob,
  change: (header: Record<string, { shape: number[] }>) => void,
): Promise<Blob> {
  const start = await file.slice(0, 8).arrayBuffer();
  const end = 8 + Number(new DataView(start).getBigUint64(0, true));
  const header: Record<string, { shape: number[] }> = JSON.parse(await file.slice(8, end).text());
  change(header);
  return new Blob([start, JSON.stringify(header).padEnd(end - 8), file.slice(end)]);
}

async function entryOf(file: Blob, name: string): Promise<TensorEntry> {
  return (await Safetensors.open(blobSource(name, file))).entry(name);
}
