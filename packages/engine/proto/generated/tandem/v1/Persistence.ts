// Original file: tandem/v1/node.proto


export interface Persistence {
  'timeout'?: (number);
  'prefix'?: (number);
  'engine'?: (string);
  '_timeout'?: "timeout";
  '_prefix'?: "prefix";
  '_engine'?: "engine";
}

export interface Persistence__Output {
  'timeout'?: (number);
  'prefix'?: (number);
  'engine'?: (string);
}
