import { type ByteSource, blobSource } from '../weights/byteSource.ts';
import { CheckpointTensors } from '../weights/checkpointTensors.ts';
import { type FoundPart, type Inspection, inspectFiles } from '../weights/inspectFiles.ts';
import { fileBlob, type WrittenFile } from './randomCheckpoint.ts';

/** Files of a test checkpoint as the library hands them on. */
export function sourcesOf(files: readonly WrittenFile[]): ByteSource[] {
  return files.map((file) => blobSource(file.path, fileBlob(file)));
}

/** Inspects a test checkpoint that holds one part. */
export async function onePart(
  files: readonly WrittenFile[],
): Promise<{ part: FoundPart; inspection: Inspection }> {
  const inspection = await inspectFiles(sourcesOf(files));
  const [part] = inspection.parts;
  if (!part || inspection.parts.length !== 1) {
    throw new Error(`${inspection.parts.length} parts, refused: ${JSON.stringify(inspection.refused)}`);
  }
  return { part, inspection };
}

/** The network of a part under Wan's names. */
export function tensorsOf({ recognised, name, tensors }: FoundPart): CheckpointTensors {
  if (recognised.kind === 'lora') throw new Error('a LoRA is no network');
  return new CheckpointTensors(name, tensors, recognised.names);
}
