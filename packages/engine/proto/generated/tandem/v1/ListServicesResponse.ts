// Original file: tandem/v1/node.proto

import type { ServiceStatus as _tandem_v1_ServiceStatus, ServiceStatus__Output as _tandem_v1_ServiceStatus__Output } from '../../tandem/v1/ServiceStatus.ts';

export interface ListServicesResponse {
  /**
   * In document order.
   */
  'services'?: (_tandem_v1_ServiceStatus)[];
}

export interface ListServicesResponse__Output {
  /**
   * In document order.
   */
  'services': (_tandem_v1_ServiceStatus__Output)[];
}
