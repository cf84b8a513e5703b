import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../testing/checkpointFiles.ts';
import {
  ditLayouts,
  fileBlob,
  smallDit,
  smallTaehv,
  smallUmt5,
  taehvLayouts,
  umt5Layouts,
  type WrittenFile,
} from '../testing/randomCheckpoint.ts';
import { type ByteSource, blobSource } from './byteSource.ts';
import { inspectFiles } from './inspectFiles.ts';

const ditFiles = (layout: string): WrittenFile[] => ditLayouts[layout]?.(smallDit) ?? [];

function textFile(name: string, text: string | Uint8Array<ArrayBuffer>): ByteSource {
  return blobSource(name, new Blob([text]));
}

/** The first bytes of torch.save's zip: a local file header whose name is archive/data.pkl. */
function torchZip(): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode('archive/data.pkl');
  const header = new Uint8Array(30 + name.length + 64);
  header.set([0x50, 0x4b, 3, 4]);
  header[26] = name.length;
  header.set(name, 30);
  return header;
}

async function refusalOf(source: ByteSource): Promise<string> {
  const { refused, parts, tokenizers } = await inspectFiles([source]);
  expect({ parts, tokenizers }).toEqual({ parts: [], tokenizers: [] });
  expect(refused).toHaveLength(1);
  return refused[0]?.sentence ?? '';
}

async function ditBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const [file] = ditFiles('ComfyUI, fp16');
  if (!file) throw new Error('no file');
  return new Uint8Array(await fileBlob(file).arrayBuffer());
}

describe('files that are refused, each in one sentence', () => {
  const pickle =
    /is a pickle, which can run code when it is opened and is never opened here: get the \.safetensors version/;
  it.each([
    ['a zip of torch.save', 'wan.pth', torchZip(), pickle],
    ['the same under another name', 'wan.safetensors', torchZip(), pickle],
    ['a bare pickle', 'wan.ckpt', Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc), pickle],
    ['a pickle of protocol 4', 'model.bin', Uint8Array.of(0x80, 4, 0x95, 0, 0, 0, 0, 0), pickle],
    ['GGUF', 'wan-q4.gguf', 'GGUF\x03\0\0\0', /GGUF/],
    [
      'a pointer of Git LFS',
      'wan.safetensors',
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\n',
      /git lfs pull/,
    ],
    ['a web page', 'wan.safetensors', '<!DOCTYPE html><title>Sign in</title>', /is a web page/],
    [
      'noise',
      'wan.safetensors',
      Uint8Array.from({ length: 99 }, (_, i) => (i * 37) & 255),
      /cannot be used: its header/,
    ],
    ['nothing', 'wan.safetensors', '', /too short/],
  ] as const)('%s', async (_, name, content, words) => {
    const sentence = await refusalOf(textFile(name, content));
    expect(sentence).toMatch(words);
    expect(sentence).toContain(name);
    expect(sentence).toMatch(/^[^\n]*[^.]\.$/);
    expect(sentence).not.toMatch(/[.!?] [A-Z]/);
  });

  it('a file that was cut short', async () => {
    const bytes = await ditBytes();
    const sentence = await refusalOf(textFile('t2v.safetensors', bytes.slice(0, bytes.length - 1000)));
    expect(sentence).toMatch(/lies past the end of the file; get the file again, or choose another\.$/);
  });

  it('a file that was cut in its header', async () => {
    const bytes = await ditBytes();
    expect(await refusalOf(textFile('t2v.safetensors', bytes.slice(0, 500)))).toMatch(/longer than the file/);
  });

  it('a file with a damaged header', async () => {
    const bytes = await ditBytes();
    bytes[200] = 0xff;
    expect(await refusalOf(textFile('t2v.safetensors', bytes))).toMatch(/cannot be used/);
  });

  it('shards without one of them', async () => {
    const files = sourcesOf(ditFiles('diffusers, sharded, bf16')).filter(
      ({ name }) => !name.includes('00002-of'),
    );
    const { parts, refused } = await inspectFiles(files);
    expect(parts).toEqual([]);
    expect(refused).toMatchObject([
      {
        name: 'transformer',
        sentence: expect.stringMatching(/diffusion_pytorch_model-00002-of-00003\.safetensors is not among/),
      },
    ]);
  });
});

describe('a folder', () => {
  it('gives every model in it, whatever the names, and passes over the rest', async () => {
    const files = [
      ...sourcesOf([
        ...ditFiles('diffusers, sharded, bf16'),
        ...(umt5Layouts['ComfyUI, fp16']?.(smallUmt5) ?? []),
      ]),
      ...sourcesOf(taehvLayouts['original, fp16']?.(smallTaehv) ?? []).map((source) => ({
        ...source,
        name: 'x/y',
      })),
      textFile('README.md', '# Wan'),
      textFile('model_index.json', '{"_class_name":"WanPipeline"}'),
      textFile('broken.json', '{"weight_map":'),
      textFile('old/wan.pth', torchZip()),
      textFile('tokenizer/tokenizer.json', '{"model":{"type":"Unigram","vocab":[]}}'),
      textFile('empty', ''),
    ];
    const { parts, tokenizers, refused, ignored } = await inspectFiles(files);
    expect(parts.map(({ recognised, name }) => [recognised.kind, name])).toEqual([
      ['dit', 'transformer'],
      ['text-encoder', 'umt5.safetensors'],
      ['taehv', 'y'],
    ]);
    expect(tokenizers.map(({ kind }) => kind)).toEqual(['json', 'sentencepiece']);
    expect(refused.map(({ name }) => name)).toEqual(['wan.pth']);
    expect(ignored.sort()).toEqual(['README.md', 'broken.json', 'empty', 'model_index.json']);
  });

  it('finds shards that no index lists by their numbers', async () => {
    const files = sourcesOf(ditFiles('diffusers, sharded, bf16')).filter(
      ({ name }) => !name.endsWith('.json'),
    );
    const { parts } = await inspectFiles(files);
    expect(parts).toMatchObject([{ recognised: { kind: 'dit' }, files: [{}, {}, {}] }]);
  });

  it('is recognised from its headers: no weights are read', async () => {
    let most = 0;
    const files = sourcesOf(ditFiles('ComfyUI, fp16')).map((source) => ({
      ...source,
      read: (offset: number, length: number) => {
        most = Math.max(most, offset + length);
        return source.read(offset, length);
      },
    }));
    const { parts } = await inspectFiles(files);
    const first = Math.min(
      ...[...(parts[0]?.tensors[0]?.tensors.values() ?? [])].map(({ offset }) => offset),
    );
    expect(most).toBe(first);
  });
});
