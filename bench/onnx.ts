/** An attribute of a node. */
export type OnnxAttribute = { int: number } | { ints: readonly number[] };

export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Empty for ONNX's own operators. */
  domain?: string;
  attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A f32 tensor that the caller gives or takes. */
export interface OnnxTensor {
  name: string;
  shape: readonly number[];
}

/** A f32 tensor whose values lie in the model. */
export interface OnnxConstant extends OnnxTensor {
  values: Float32Array<ArrayBuffer>;
}

/** A graph of f32 tensors, referred to by name. */
export interface OnnxGraph {
  nodes: readonly OnnxNode[];
  constants: readonly OnnxConstant[];
  inputs: readonly OnnxTensor[];
  output: OnnxTensor;
}

const irVersion = 8;
const opset = 17;
const microsoftOpset = 1;
const float32 = 1;
const attributeTypes = { int: 2, ints: 7 } as const;

const utf8 = new TextEncoder();

type Part = Uint8Array<ArrayBuffer>;

/**
 * Bytes of an ONNX model (a protobuf ModelProto, github.com/onnx/onnx/blob/main/onnx/onnx.proto) with the
 * operators of opset 17 and those of the domain `com.microsoft`.
 */
export function encodeOnnx({ nodes, constants, inputs, output }: OnnxGraph): Part {
  const graph = join([
    ...nodes.map((node) => message(1, encodeNode(node))),
    text(2, 'graph'),
    ...constants.map((constant) => message(5, encodeConstant(constant))),
    ...inputs.map((input) => message(11, encodeValueInfo(input))),
    message(12, encodeValueInfo(output)),
  ]);
  const operatorSet = (domain: string, version: number) =>
    message(8, join([text(1, domain), integer(2, version)]));
  return join([
    integer(1, irVersion),
    message(7, graph),
    operatorSet('', opset),
    operatorSet('com.microsoft', microsoftOpset),
  ]);
}

function encodeNode({ operator, inputs, outputs, domain = '', attributes = {} }: OnnxNode): Part {
  return join([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => message(5, encodeAttribute(name, value))),
    text(7, domain),
  ]);
}

function encodeAttribute(name: string, value: OnnxAttribute): Part {
  return 'int' in value
    ? join([text(1, name), integer(3, value.int), integer(20, attributeTypes.int)])
    : join([text(1, name), ...value.ints.map((int) => integer(8, int)), integer(20, attributeTypes.ints)]);
}

function encodeConstant({ name, shape, values }: OnnxConstant): Part {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return join([
    ...shape.map((size) => integer(1, size)),
    integer(2, float32),
    text(8, name),
    message(9, raw),
  ]);
}

function encodeValueInfo({ name, shape }: OnnxTensor): Part {
  const dimensions = join(shape.map((size) => message(1, integer(1, size))));
  const tensorType = join([integer(1, float32), message(2, dimensions)]);
  return join([text(1, name), message(2, message(1, tensorType))]);
}

/** A whole number from 0 on as a protobuf field. */
function integer(field: number, value: number): Part {
  return new Uint8Array([...varint(field * 8), ...varint(value)]);
}

/** A field of a given length: a nested message or raw bytes. */
function message(field: number, content: Part): Part {
  return join([new Uint8Array([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

function text(field: number, value: string): Part {
  return message(field, utf8.encode(value));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function join(parts: readonly Part[]): Part {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
