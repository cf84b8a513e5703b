import { Popover } from 'radix-ui';
import { useStore } from 'zustand';
import { estimateBytes, exportFormat, exportQualities, exportScales } from '../../film/export/exportJob.ts';
import type { VideoCodecName } from '../../film/levels.ts';
import { endOf } from '../../film/player/range.ts';
import { timecode } from '../../film/player/timecode.ts';
import { usePlayhead } from '../../film/player/usePlayer.ts';
import { formatBytes } from '../../library/room.ts';
import type { Run } from '../../plan/types.ts';
import controls from '../../ui/controls.module.css';
import type { Film } from '../generation.ts';
import { useStudio } from '../studio.ts';
import { type ExportChoice, exportChoice, framesOf, isFilmItself } from './choice.ts';
import { exportFilm, exporting } from './exporting.ts';
import styles from './FilmExport.module.css';
import { Segments } from './Segments.tsx';
import { useCodecs } from './useCodecs.ts';

const codecNames: Readonly<Record<VideoCodecName, string>> = { h264: 'H.264', vp9: 'VP9', av1: 'AV1' };
const qualityNames = { small: 'Small', good: 'Good', best: 'Best' } as const;

/** The film as a file: what of it, how large, how fine, by which codec. */
export function FilmExport({ film, stem }: { film: Film; stem: string }) {
  const { client } = useStudio();
  const chosen = useStore(exportChoice);
  const range = usePlayhead((state) => state.range);
  const running = useStore(exporting, (state) => state.running);
  const { geometry, record } = film;
  const choice: ExportChoice = chosen.part === 'range' && !range ? { ...chosen, part: 'film' } : chosen;
  const { part, quality, scale } = choice;
  const format = exportFormat(geometry, scale);
  const codecs = useCodecs(format);
  const codec = choice.codec ?? record.codec;
  const works = codecs === null || codecs.includes(codec);

  return (
    <>
      <Segments
        label="What"
        value={part}
        options={[
          { value: 'film', name: 'Whole film' },
          {
            value: 'range',
            name: 'In to out',
            disabled: !range,
            title: range ? rangeWords(range, geometry.fps) : 'Set an in point (I) and an out point (O) first',
          },
          { value: 'shots', name: 'Each shot' },
        ]}
        onChange={(value) => exportChoice.setState({ part: value })}
      />
      <div className={`${styles.columns} ${styles.uneven}`}>
        <Segments
          label="Size"
          value={scale}
          options={exportScales.map((value) => {
            const { width, height } = exportFormat(geometry, value);
            return { value, name: `${value}×`, title: `${width}×${height}` };
          })}
          onChange={(value) => exportChoice.setState({ scale: value })}
        />
        <Segments
          label="Quality"
          value={quality}
          options={exportQualities.map((value) => ({ value, name: qualityNames[value] }))}
          onChange={(value) => exportChoice.setState({ quality: value })}
        />
      </div>
      <div className={styles.columns}>
        <label className={controls.field}>
          Codec
          <select
            className={controls.input}
            value={codec}
            onChange={({ target }) => {
              const name = codecs?.find((candidate) => candidate === target.value);
              if (name) exportChoice.setState({ codec: name });
            }}
          >
            {(codecs?.includes(codec) ? codecs : [codec, ...(codecs ?? [])]).map((name) => (
              <option key={name} value={name}>
                {codecNames[name]}
              </option>
            ))}
          </select>
        </label>
        <Popover.Close
          className={`${controls.primary} ${styles.save}`}
          disabled={!works || running !== null}
          onClick={() => void exportFilm(client, { film, choice, range, stem })}
        >
          {part === 'shots' ? 'Save shots' : 'Save film'}
        </Popover.Close>
      </div>
      <p className={`${controls.numbers} ${styles.summary}`} aria-live="polite">
        {works
          ? summary(film, choice, range)
          : `${codecNames[codec]} does not work at ${format.width}×${format.height} here: choose another codec or a smaller size.`}
      </p>
    </>
  );
}

/** What the files will be, in a line. */
function summary(film: Film, choice: ExportChoice, range: Run | null): string {
  const { geometry, file } = film;
  const { width, height, fps } = exportFormat(geometry, choice.scale);
  const { count } = framesOf(choice.part, geometry, range);
  const bytes = estimateBytes({ geometry, bytes: file.size }, { ...choice, frames: count });
  const size = isFilmItself(choice, film, range) ? formatBytes(file.size) : `about ${formatBytes(bytes)}`;
  const { length } = geometry.shots;
  const files = choice.part === 'shots' ? `${length} ${length === 1 ? 'file' : 'files'} · ` : '';
  const words = choice.part === 'range' && range ? rangeWords(range, fps) : timecode(count, fps);
  return `${files}${width}×${height} · ${words} · ${size}`;
}

function rangeWords(range: Run, fps: number): string {
  return `${timecode(range.start, fps)} – ${timecode(endOf(range), fps)}`;
}
