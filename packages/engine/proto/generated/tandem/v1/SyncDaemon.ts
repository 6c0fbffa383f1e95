// Original file: tandem/v1/node.proto


export interface SyncDaemon {
  'mode'?: (string);
  'interface'?: (string);
  'syncId'?: (number);
  'maxLength'?: (number);
  'group'?: (string);
  'port'?: (number);
  'ttl'?: (number);
  '_syncId'?: "syncId";
  '_maxLength'?: "maxLength";
  '_group'?: "group";
  '_port'?: "port";
  '_ttl'?: "ttl";
}

export interface SyncDaemon__Output {
  'mode': (string);
  'interface': (string);
  'syncId'?: (number);
  'maxLength'?: (number);
  'group'?: (string);
  'port'?: (number);
  'ttl'?: (number);
}
