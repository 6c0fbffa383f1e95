import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyDocumentRequest as _tandem_v1_ApplyDocumentRequest, ApplyDocumentRequest__Output as _tandem_v1_ApplyDocumentRequest__Output } from './tandem/v1/ApplyDocumentRequest.ts';
import type { ApplyDocumentResponse as _tandem_v1_ApplyDocumentResponse, ApplyDocumentResponse__Output as _tandem_v1_ApplyDocumentResponse__Output } from './tandem/v1/ApplyDocumentResponse.ts';
import type { Candidate as _tandem_v1_Candidate, Candidate__Output as _tandem_v1_Candidate__Output } from './tandem/v1/Candidate.ts';
import type { Check as _tandem_v1_Check, Check__Output as _tandem_v1_Check__Output } from './tandem/v1/Check.ts';
import type { ConnectionBatch as _tandem_v1_ConnectionBatch, ConnectionBatch__Output as _tandem_v1_ConnectionBatch__Output } from './tandem/v1/ConnectionBatch.ts';
import type { ConnectionStatus as _tandem_v1_ConnectionStatus, ConnectionStatus__Output as _tandem_v1_ConnectionStatus__Output } from './tandem/v1/ConnectionStatus.ts';
import type { Destination as _tandem_v1_Destination, Destination__Output as _tandem_v1_Destination__Output } from './tandem/v1/Destination.ts';
import type { DestinationStatus as _tandem_v1_DestinationStatus, DestinationStatus__Output as _tandem_v1_DestinationStatus__Output } from './tandem/v1/DestinationStatus.ts';
import type { Document as _tandem_v1_Document, Document__Output as _tandem_v1_Document__Output } from './tandem/v1/Document.ts';
import type { DrainDestinationRequest as _tandem_v1_DrainDestinationRequest, DrainDestinationRequest__Output as _tandem_v1_DrainDestinationRequest__Output } from './tandem/v1/DrainDestinationRequest.ts';
import type { DrainDestinationResponse as _tandem_v1_DrainDestinationResponse, DrainDestinationResponse__Output as _tandem_v1_DrainDestinationResponse__Output } from './tandem/v1/DrainDestinationResponse.ts';
import type { ExplainRequest as _tandem_v1_ExplainRequest, ExplainRequest__Output as _tandem_v1_ExplainRequest__Output } from './tandem/v1/ExplainRequest.ts';
import type { ExplainedSchedule as _tandem_v1_ExplainedSchedule, ExplainedSchedule__Output as _tandem_v1_ExplainedSchedule__Output } from './tandem/v1/ExplainedSchedule.ts';
import type { ExplainedService as _tandem_v1_ExplainedService, ExplainedService__Output as _tandem_v1_ExplainedService__Output } from './tandem/v1/ExplainedService.ts';
import type { ExplainedVerdict as _tandem_v1_ExplainedVerdict, ExplainedVerdict__Output as _tandem_v1_ExplainedVerdict__Output } from './tandem/v1/ExplainedVerdict.ts';
import type { Explanation as _tandem_v1_Explanation, Explanation__Output as _tandem_v1_Explanation__Output } from './tandem/v1/Explanation.ts';
import type { GetDocumentRequest as _tandem_v1_GetDocumentRequest, GetDocumentRequest__Output as _tandem_v1_GetDocumentRequest__Output } from './tandem/v1/GetDocumentRequest.ts';
import type { GetStatusRequest as _tandem_v1_GetStatusRequest, GetStatusRequest__Output as _tandem_v1_GetStatusRequest__Output } from './tandem/v1/GetStatusRequest.ts';
import type { Lag as _tandem_v1_Lag, Lag__Output as _tandem_v1_Lag__Output } from './tandem/v1/Lag.ts';
import type { ListConnectionsRequest as _tandem_v1_ListConnectionsRequest, ListConnectionsRequest__Output as _tandem_v1_ListConnectionsRequest__Output } from './tandem/v1/ListConnectionsRequest.ts';
import type { ListServicesRequest as _tandem_v1_ListServicesRequest, ListServicesRequest__Output as _tandem_v1_ListServicesRequest__Output } from './tandem/v1/ListServicesRequest.ts';
import type { ListServicesResponse as _tandem_v1_ListServicesResponse, ListServicesResponse__Output as _tandem_v1_ListServicesResponse__Output } from './tandem/v1/ListServicesResponse.ts';
import type { MarkRule as _tandem_v1_MarkRule, MarkRule__Output as _tandem_v1_MarkRule__Output } from './tandem/v1/MarkRule.ts';
import type { NodeClient as _tandem_v1_NodeClient, NodeDefinition as _tandem_v1_NodeDefinition } from './tandem/v1/Node.ts';
import type { NodeStatus as _tandem_v1_NodeStatus, NodeStatus__Output as _tandem_v1_NodeStatus__Output } from './tandem/v1/NodeStatus.ts';
import type { PeerStatus as _tandem_v1_PeerStatus, PeerStatus__Output as _tandem_v1_PeerStatus__Output } from './tandem/v1/PeerStatus.ts';
import type { Persistence as _tandem_v1_Persistence, Persistence__Output as _tandem_v1_Persistence__Output } from './tandem/v1/Persistence.ts';
import type { Service as _tandem_v1_Service, Service__Output as _tandem_v1_Service__Output } from './tandem/v1/Service.ts';
import type { ServiceStatus as _tandem_v1_ServiceStatus, ServiceStatus__Output as _tandem_v1_ServiceStatus__Output } from './tandem/v1/ServiceStatus.ts';
import type { Settings as _tandem_v1_Settings, Settings__Output as _tandem_v1_Settings__Output } from './tandem/v1/Settings.ts';
import type { SwitchOverRequest as _tandem_v1_SwitchOverRequest, SwitchOverRequest__Output as _tandem_v1_SwitchOverRequest__Output } from './tandem/v1/SwitchOverRequest.ts';
import type { SwitchOverResponse as _tandem_v1_SwitchOverResponse, SwitchOverResponse__Output as _tandem_v1_SwitchOverResponse__Output } from './tandem/v1/SwitchOverResponse.ts';
import type { Timeouts as _tandem_v1_Timeouts, Timeouts__Output as _tandem_v1_Timeouts__Output } from './tandem/v1/Timeouts.ts';
import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from './tandem/v1/Traffic.ts';
import type { Tunnel as _tandem_v1_Tunnel, Tunnel__Output as _tandem_v1_Tunnel__Output } from './tandem/v1/Tunnel.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tandem: {
    v1: {
      ApplyDocumentRequest: MessageTypeDefinition<_tandem_v1_ApplyDocumentRequest, _tandem_v1_ApplyDocumentRequest__Output>
      ApplyDocumentResponse: MessageTypeDefinition<_tandem_v1_ApplyDocumentResponse, _tandem_v1_ApplyDocumentResponse__Output>
      Candidate: MessageTypeDefinition<_tandem_v1_Candidate, _tandem_v1_Candidate__Output>
      Check: MessageTypeDefinition<_tandem_v1_Check, _tandem_v1_Check__Output>
      ConnectionBatch: MessageTypeDefinition<_tandem_v1_ConnectionBatch, _tandem_v1_ConnectionBatch__Output>
      ConnectionStatus: MessageTypeDefinition<_tandem_v1_ConnectionStatus, _tandem_v1_ConnectionStatus__Output>
      Destination: MessageTypeDefinition<_tandem_v1_Destination, _tandem_v1_Destination__Output>
      DestinationStatus: MessageTypeDefinition<_tandem_v1_DestinationStatus, _tandem_v1_DestinationStatus__Output>
      Document: MessageTypeDefinition<_tandem_v1_Document, _tandem_v1_Document__Output>
      DrainDestinationRequest: MessageTypeDefinition<_tandem_v1_DrainDestinationRequest, _tandem_v1_DrainDestinationRequest__Output>
      DrainDestinationResponse: MessageTypeDefinition<_tandem_v1_DrainDestinationResponse, _tandem_v1_DrainDestinationResponse__Output>
      ExplainRequest: MessageTypeDefinition<_tandem_v1_ExplainRequest, _tandem_v1_ExplainRequest__Output>
      ExplainedSchedule: MessageTypeDefinition<_tandem_v1_ExplainedSchedule, _tandem_v1_ExplainedSchedule__Output>
      ExplainedService: MessageTypeDefinition<_tandem_v1_ExplainedService, _tandem_v1_ExplainedService__Output>
      ExplainedVerdict: MessageTypeDefinition<_tandem_v1_ExplainedVerdict, _tandem_v1_ExplainedVerdict__Output>
      Explanation: MessageTypeDefinition<_tandem_v1_Explanation, _tandem_v1_Explanation__Output>
      FollowState: EnumTypeDefinition
      GetDocumentRequest: MessageTypeDefinition<_tandem_v1_GetDocumentRequest, _tandem_v1_GetDocumentRequest__Output>
      GetStatusRequest: MessageTypeDefinition<_tandem_v1_GetStatusRequest, _tandem_v1_GetStatusRequest__Output>
      Health: EnumTypeDefinition
      Lag: MessageTypeDefinition<_tandem_v1_Lag, _tandem_v1_Lag__Output>
      ListConnectionsRequest: MessageTypeDefinition<_tandem_v1_ListConnectionsRequest, _tandem_v1_ListConnectionsRequest__Output>
      ListServicesRequest: MessageTypeDefinition<_tandem_v1_ListServicesRequest, _tandem_v1_ListServicesRequest__Output>
      ListServicesResponse: MessageTypeDefinition<_tandem_v1_ListServicesResponse, _tandem_v1_ListServicesResponse__Output>
      MarkRule: MessageTypeDefinition<_tandem_v1_MarkRule, _tandem_v1_MarkRule__Output>
      Messaging: EnumTypeDefinition
      Node: SubtypeConstructor<typeof grpc.Client, _tandem_v1_NodeClient> & { service: _tandem_v1_NodeDefinition }
      NodeStatus: MessageTypeDefinition<_tandem_v1_NodeStatus, _tandem_v1_NodeStatus__Output>
      PeerStatus: MessageTypeDefinition<_tandem_v1_PeerStatus, _tandem_v1_PeerStatus__Output>
      Persistence: MessageTypeDefinition<_tandem_v1_Persistence, _tandem_v1_Persistence__Output>
      Role: EnumTypeDefinition
      Service: MessageTypeDefinition<_tandem_v1_Service, _tandem_v1_Service__Output>
      ServiceStatus: MessageTypeDefinition<_tandem_v1_ServiceStatus, _tandem_v1_ServiceStatus__Output>
      Settings: MessageTypeDefinition<_tandem_v1_Settings, _tandem_v1_Settings__Output>
      SwitchOverRequest: MessageTypeDefinition<_tandem_v1_SwitchOverRequest, _tandem_v1_SwitchOverRequest__Output>
      SwitchOverResponse: MessageTypeDefinition<_tandem_v1_SwitchOverResponse, _tandem_v1_SwitchOverResponse__Output>
      Timeouts: MessageTypeDefinition<_tandem_v1_Timeouts, _tandem_v1_Timeouts__Output>
      Traffic: MessageTypeDefinition<_tandem_v1_Traffic, _tandem_v1_Traffic__Output>
      Tunnel: MessageTypeDefinition<_tandem_v1_Tunnel, _tandem_v1_Tunnel__Output>
    }
  }
}

