// Original file: tandem/v1/node.proto


export interface SyncDaemon {
  /**
   * Sends what the kernel's protocol says of connections, or takes it. One of "master", "backup".
   */
  'mode'?: (string);
  /**
   * Interface of the multicast group.
   */
  'interface'?: (string);
  /**
   * Messages of another id are ignored; 0 of a backup: none are. 0 to 255; 0 if absent.
   */
  'syncId'?: (number);
  /**
   * Longest message in bytes. 1 to 65507; 1472 if absent.
   */
  'maxLength'?: (number);
  /**
   * Multicast group. "224.0.0.81" if absent.
   */
  'group'?: (string);
  /**
   * UDP port of the group. 1 to 65535; 8848 if absent.
   */
  'port'?: (number);
  /**
   * Time to live of messages. 1 to 255; 1 if absent.
   */
  'ttl'?: (number);
  '_syncId'?: "syncId";
  '_maxLength'?: "maxLength";
  '_group'?: "group";
  '_port'?: "port";
  '_ttl'?: "ttl";
}

export interface SyncDaemon__Output {
  /**
   * Sends what the kernel's protocol says of connections, or takes it. One of "master", "backup".
   */
  'mode': (string);
  /**
   * Interface of the multicast group.
   */
  'interface': (string);
  /**
   * Messages of another id are ignored; 0 of a backup: none are. 0 to 255; 0 if absent.
   */
  'syncId'?: (number);
  /**
   * Longest message in bytes. 1 to 65507; 1472 if absent.
   */
  'maxLength'?: (number);
  /**
   * Multicast group. "224.0.0.81" if absent.
   */
  'group'?: (string);
  /**
   * UDP port of the group. 1 to 65535; 8848 if absent.
   */
  'port'?: (number);
  /**
   * Time to live of messages. 1 to 255; 1 if absent.
   */
  'ttl'?: (number);
}
