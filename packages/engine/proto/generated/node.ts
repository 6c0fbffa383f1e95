import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyDocumentRequest as _tandem_v1_ApplyDocumentRequest, ApplyDocumentRequest__Output as _tandem_v1_ApplyDocumentRequest__Output } from './tandem/v1/ApplyDocumentRequest.ts';
import type { ApplyDocumentResponse as _tandem_v1_ApplyDocumentResponse, ApplyDocumentResponse__Output as _tandem_v1_ApplyDocumentResponse__Output } from './tandem/v1/ApplyDocumentResponse.ts';
import type { Check as _tandem_v1_Check, Check__Output as _tandem_v1_Check__Output } from './tandem/v1/Check.ts';
import type { ConnectionBatch as _tandem_v1_ConnectionBatch, ConnectionBatch__Output as _tandem_v1_ConnectionBatch__Output } from './tandem/v1/ConnectionBatch.ts';
import type { ConnectionStatus as _tandem_v1_ConnectionStatus, ConnectionStatus__Output as _tandem_v1_ConnectionStatus__Output } from './tandem/v1/ConnectionStatus.ts';
import type { Destination as _tandem_v1_Destination, Destination__Output as _tandem_v1_Destination__Output } from './tandem/v1/Destination.ts';
import type { DestinationStatus as _tandem_v1_DestinationStatus, DestinationStatus__Output as _tandem_v1_DestinationStatus__Output } from './tandem/v1/DestinationStatus.ts';
import type { Document as _tandem_v1_Document, Document__Output as _tandem_v1_Document__Output } from './tandem/v1/Document.ts';
import type { DrainDestinationRequest as _tandem_v1_DrainDestinationRequest, DrainDestinationRequest__Output as _tandem_v1_DrainDestinationRequest__Output } from './tandem/v1/DrainDestinationRequest.ts';
import type { DrainDestinationResponse as _tandem_v1_DrainDestinationResponse, DrainDestinationResponse__Output as _tandem_v1_DrainDestinationResponse__Output } from './tandem/v1/DrainDestinationResponse.ts';
import type { GetDocumentRequest as _tandem_v1_GetDocumentRequest, GetDocumentRequest__Output as _tandem_v1_GetDocumentRequest__Output } from './tandem/v1/GetDocumentRequest.ts';
import type { GetStatusRequest as _tandem_v1_GetStatusRequest, GetStatusRequest__Output as _tandem_v1_GetStatusRequest__Output } from './tandem/v1/GetStatusRequest.ts';
import type { HttpCheck as _tandem_v1_HttpCheck, HttpCheck__Output as _tandem_v1_HttpCheck__Output } from './tandem/v1/HttpCheck.ts';
import type { Lag as _tandem_v1_Lag, Lag__Output as _tandem_v1_Lag__Output } from './tandem/v1/Lag.ts';
import type { ListConnectionsRequest as _tandem_v1_ListConnectionsRequest, ListConnectionsRequest__Output as _tandem_v1_ListConnectionsRequest__Output } from './tandem/v1/ListConnectionsRequest.ts';
import type { ListServicesRequest as _tandem_v1_ListServicesRequest, ListServicesRequest__Output as _tandem_v1_ListServicesRequest__Output } from './tandem/v1/ListServicesRequest.ts';
import type { ListServicesResponse as _tandem_v1_ListServicesResponse, ListServicesResponse__Output as _tandem_v1_ListServicesResponse__Output } from './tandem/v1/ListServicesResponse.ts';
import type { NodeClient as _tandem_v1_NodeClient, NodeDefinition as _tandem_v1_NodeDefinition } from './tandem/v1/Node.ts';
import type { NodeStatus as _tandem_v1_NodeStatus, NodeStatus__Output as _tandem_v1_NodeStatus__Output } from './tandem/v1/NodeStatus.ts';
import type { PeerStatus as _tandem_v1_PeerStatus, PeerStatus__Output as _tandem_v1_PeerStatus__Output } from './tandem/v1/PeerStatus.ts';
import type { Service as _tandem_v1_Service, Service__Output as _tandem_v1_Service__Output } from './tandem/v1/Service.ts';
import type { ServiceStatus as _tandem_v1_ServiceStatus, ServiceStatus__Output as _tandem_v1_ServiceStatus__Output } from './tandem/v1/ServiceStatus.ts';
import type { SwitchOverRequest as _tandem_v1_SwitchOverRequest, SwitchOverRequest__Output as _tandem_v1_SwitchOverRequest__Output } from './tandem/v1/SwitchOverRequest.ts';
import type { SwitchOverResponse as _tandem_v1_SwitchOverResponse, SwitchOverResponse__Output as _tandem_v1_SwitchOverResponse__Output } from './tandem/v1/SwitchOverResponse.ts';
import type { TcpCheck as _tandem_v1_TcpCheck, TcpCheck__Output as _tandem_v1_TcpCheck__Output } from './tandem/v1/TcpCheck.ts';
import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from './tandem/v1/Traffic.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tandem: {
    v1: {
      ApplyDocumentRequest: MessageTypeDefinition<_tandem_v1_ApplyDocumentRequest, _tandem_v1_ApplyDocumentRequest__Output>
      ApplyDocumentResponse: MessageTypeDefinition<_tandem_v1_ApplyDocumentResponse, _tandem_v1_ApplyDocumentResponse__Output>
      Check: MessageTypeDefinition<_tandem_v1_Check, _tandem_v1_Check__Output>
      ConnectionBatch: MessageTypeDefinition<_tandem_v1_ConnectionBatch, _tandem_v1_ConnectionBatch__Output>
      ConnectionStatus: MessageTypeDefinition<_tandem_v1_ConnectionStatus, _tandem_v1_ConnectionStatus__Output>
      Destination: MessageTypeDefinition<_tandem_v1_Destination, _tandem_v1_Destination__Output>
      DestinationStatus: MessageTypeDefinition<_tandem_v1_DestinationStatus, _tandem_v1_DestinationStatus__Output>
      Document: MessageTypeDefinition<_tandem_v1_Document, _tandem_v1_Document__Output>
      DrainDestinationRequest: MessageTypeDefinition<_tandem_v1_DrainDestinationRequest, _tandem_v1_DrainDestinationRequest__Output>
      DrainDestinationResponse: MessageTypeDefinition<_tandem_v1_DrainDestinationResponse, _tandem_v1_DrainDestinationResponse__Output>
      FollowState: EnumTypeDefinition
      GetDocumentRequest: MessageTypeDefinition<_tandem_v1_GetDocumentRequest, _tandem_v1_GetDocumentRequest__Output>
      GetStatusRequest: MessageTypeDefinition<_tandem_v1_GetStatusRequest, _tandem_v1_GetStatusRequest__Output>
      Health: EnumTypeDefinition
      HttpCheck: MessageTypeDefinition<_tandem_v1_HttpCheck, _tandem_v1_HttpCheck__Output>
      Lag: MessageTypeDefinition<_tandem_v1_Lag, _tandem_v1_Lag__Output>
      ListConnectionsRequest: MessageTypeDefinition<_tandem_v1_ListConnectionsRequest, _tandem_v1_ListConnectionsRequest__Output>
      ListServicesRequest: MessageTypeDefinition<_tandem_v1_ListServicesRequest, _tandem_v1_ListServicesRequest__Output>
      ListServicesResponse: MessageTypeDefinition<_tandem_v1_ListServicesResponse, _tandem_v1_ListServicesResponse__Output>
      Messaging: EnumTypeDefinition
      Node: SubtypeConstructor<typeof grpc.Client, _tandem_v1_NodeClient> & { service: _tandem_v1_NodeDefinition }
      NodeStatus: MessageTypeDefinition<_tandem_v1_NodeStatus, _tandem_v1_NodeStatus__Output>
      PeerStatus: MessageTypeDefinition<_tandem_v1_PeerStatus, _tandem_v1_PeerStatus__Output>
      Role: EnumTypeDefinition
      Service: MessageTypeDefinition<_tandem_v1_Service, _tandem_v1_Service__Output>
      ServiceStatus: MessageTypeDefinition<_tandem_v1_ServiceStatus, _tandem_v1_ServiceStatus__Output>
      SwitchOverRequest: MessageTypeDefinition<_tandem_v1_SwitchOverRequest, _tandem_v1_SwitchOverRequest__Output>
      SwitchOverResponse: MessageTypeDefinition<_tandem_v1_SwitchOverResponse, _tandem_v1_SwitchOverResponse__Output>
      TcpCheck: MessageTypeDefinition<_tandem_v1_TcpCheck, _tandem_v1_TcpCheck__Output>
      Traffic: MessageTypeDefinition<_tandem_v1_Traffic, _tandem_v1_Traffic__Output>
    }
  }
}

