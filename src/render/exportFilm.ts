import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { decodeReel } from '../engine/decodeFilm.ts';
import type { Gpu } from '../engine/gpu/gpu.ts';
import type { Runner } from '../engine/gpu/runner.ts';
import { createDecoder, type DecoderWeights } from '../engine/models/decoders.ts';
import {
  type ExportEvent,
  type ExportedFile,
  type ExportJob,
  type ExportPiece,
  type ExportResult,
  exportBitrate,
  exportFormat,
} from '../film/export/exportJob.ts';
import { createFilmWriter, type FilmWriter } from '../film/filmWriter.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { openExportSink, removeExport } from '../library/exportSink.ts';
import { type DecoderKind, type FilmLatents, loadFilmLatents } from '../library/filmLatents.ts';
import type { ModelConfig } from '../model/config.ts';
import { type AdapterLimits, type FilmPlan, planFilm } from '../plan/index.ts';
import { serializeStoryboard } from '../storyboard/document.ts';
import { notOfThisFilm, reelsOfFrames } from './exportReels.ts';
import { Upscaler } from './upscaler.ts';

/** A model as far as decoding its films goes. */
export interface FilmDecoding {
  config: ModelConfig;
  load: () => Promise<DecoderWeights>;
}

/** What an export works with. */
export interface ExportSetting {
  gpu: Gpu;
  runner: Runner;
  limits: AdapterLimits;
  /** The film's model with a decoder of this kind, or with the one that is chosen now. */
  decoding: (decoder: DecoderKind | undefined) => Promise<FilmDecoding>;
  job: ExportJob;
  onEvent: (event: ExportEvent) => void;
  signal: AbortSignal;
}

/**
 * Decodes a finished film, or parts of it, once more from the latents that it was decoded from, enlarges the frames
 * and writes them into files: nothing is compressed twice. Leaves no unfinished file behind.
 * Rejects with `cancelled`, `storyboard-invalid` where the latents are not there, `model-missing` where the film's
 * decoder is not, and what GPU, encoder and storage throw.
 */
export async function exportFilm(setting: ExportSetting): Promise<ExportResult> {
  const { job, limits, runner } = setting;
  const latents = await loadFilmLatents(job.film);
  const { model, width, height } = job.storyboard;
  if (latents?.model !== model || latents.width !== width || latents.height !== height) throw notOfThisFilm();
  const { config, load } = await setting.decoding(latents.decoder);
  const plan = planFilm(job.storyboard, config, limits);
  const gpu = setting.gpu.scope();
  try {
    return await writePieces({ ...setting, gpu, config }, plan, latents, await load());
  } catch (error) {
    throw await runner.faultBehind(error);
  } finally {
    gpu.freeAll();
  }
}

async function writePieces(
  setting: ExportSetting & { config: ModelConfig },
  plan: FilmPlan,
  latents: FilmLatents,
  weights: DecoderWeights,
): Promise<ExportResult> {
  const { gpu, runner, job, config, onEvent, signal } = setting;
  const { geometry } = plan;
  const { width, height } = geometry;
  const decoder = createDecoder(gpu, config.ae, weights, geometry.latent, {
    frames: plan.decodeFrames,
    tiles: plan.decodeTiles,
  });
  const upscaler =
    job.scale === 1 ? null : await Upscaler.create(gpu, runner, { width, height, scale: job.scale });
  const total = job.pieces.reduce((sum, { frames }) => sum + frames.count, 0);
  const hash = sha256.create();
  let done = 0;

  async function writeFrames(piece: ExportPiece, writer: FilmWriter): Promise<void> {
    const { start, count } = piece.frames;
    const cuts = new Set(geometry.shots.map(({ frames }) => frames.start));
    for (const reel of reelsOfFrames(piece.frames, geometry, latents, config.ae.temporal)) {
      const buffer = gpu.upload('shot latents', reel.latents);
      await decodeReel(
        {
          ...{ gpu, runner, decoder, signal },
          frames: geometry.latent.frames,
          decodeFrames: plan.decodeFrames,
          frameBytes: width * height * 4,
          temporal: config.ae.temporal,
          async listener(event) {
            if (event.type !== 'frames') return;
            for (const [i, rgba] of event.frames.entries()) {
              const frame = event.first + i;
              // Latent frames are decoded whole; the ends of a range need not be.
              if (frame < start || frame >= start + count) continue;
              hash.update(new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength));
              // The film may be decoded whole before the person thinks better of it.
              if (signal.aborted) throw new ShotweaveError('cancelled', 'Cancelled.');
              const picture = upscaler ? await upscaler.enlarge(rgba, signal) : rgba;
              await writer.write(picture, frame - start, { keyFrame: cuts.has(frame) });
              done += 1;
              onEvent({ done, total });
            }
          },
        },
        { at: reel.at, latents: buffer, from: reel.from },
      );
      gpu.free(buffer);
    }
  }

  const files: ExportedFile[] = [];
  onEvent({ done, total });
  for (const piece of job.pieces) {
    const { sink, privateName } = await openExportSink(job.target, piece.name);
    const format = exportFormat(geometry, job.scale);
    const writer = await createFilmWriter({
      ...format,
      frames: piece.frames.count,
      codec: job.codec,
      bitrate: exportBitrate(format, job.quality),
      storyboardJson: serializeStoryboard(job.storyboard),
      sink,
    });
    try {
      await writeFrames(piece, writer);
      const { bytes } = await writer.finish();
      files.push({ name: piece.name, privateName, bytes });
    } catch (error) {
      await writer.abort();
      // An export comes whole or not at all; what went into a folder is the page's to remove, as the folder is.
      for (const file of files) if (file.privateName !== null) await removeExport(file.privateName);
      throw error;
    }
  }
  return { files, framesSha256: bytesToHex(hash.digest()) };
}
