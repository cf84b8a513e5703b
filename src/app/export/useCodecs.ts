import { useEffect, useState } from 'react';
import { workingCodecs } from '../../film/codec.ts';
import type { PictureFormat, VideoCodecName } from '../../film/levels.ts';

/** Probing takes an encoder each time: what works does not change while the page is open. */
const probed = new Map<string, Promise<readonly VideoCodecName[]>>();

function codecsFor(format: PictureFormat): Promise<readonly VideoCodecName[]> {
  const key = `${format.width}x${format.height}@${format.fps}`;
  const known = probed.get(key) ?? workingCodecs(format);
  probed.set(key, known);
  return known;
}

/** The codecs that encode pictures of this format here; null while that is being found out. */
export function useCodecs({ width, height, fps }: PictureFormat): readonly VideoCodecName[] | null {
  const key = `${width}x${height}@${fps}`;
  const [found, setFound] = useState<{ key: string; codecs: readonly VideoCodecName[] } | null>(null);
  useEffect(() => {
    let current = true;
    void codecsFor({ width, height, fps }).then((codecs) => {
      if (current) setFound({ key: `${width}x${height}@${fps}`, codecs });
    });
    return () => {
      current = false;
    };
  }, [width, height, fps]);
  return found?.key === key ? found.codecs : null;
}
