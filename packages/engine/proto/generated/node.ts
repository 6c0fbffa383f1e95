import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApplyDocumentRequest as _tandem_v1_ApplyDocumentRequest, ApplyDocumentRequest__Output as _tandem_v1_ApplyDocumentRequest__Output } from './tandem/v1/ApplyDocumentRequest.ts';
import type { ApplyDocumentResponse as _tandem_v1_ApplyDocumentResponse, ApplyDocumentResponse__Output as _tandem_v1_ApplyDocumentResponse__Output } from './tandem/v1/ApplyDocumentResponse.ts';
import type { Candidate as _tandem_v1_Candidate, Candidate__Output as _tandem_v1_Candidate__Output } from './tandem/v1/Candidate.ts';
import type { CapturePacketsRequest as _tandem_v1_CapturePacketsRequest, CapturePacketsRequest__Output as _tandem_v1_CapturePacketsRequest__Output } from './tandem/v1/CapturePacketsRequest.ts';
import type { CapturedPacket as _tandem_v1_CapturedPacket, CapturedPacket__Output as _tandem_v1_CapturedPacket__Output } from './tandem/v1/CapturedPacket.ts';
import type { CapturedPackets as _tandem_v1_CapturedPackets, CapturedPackets__Output as _tandem_v1_CapturedPackets__Output } from './tandem/v1/CapturedPackets.ts';
import type { Check as _tandem_v1_Check, Check__Output as _tandem_v1_Check__Output } from './tandem/v1/Check.ts';
import type { ConnectionBatch as _tandem_v1_ConnectionBatch, ConnectionBatch__Output as _tandem_v1_ConnectionBatch__Output } from './tandem/v1/ConnectionBatch.ts';
import type { ConnectionStatus as _tandem_v1_ConnectionStatus, ConnectionStatus__Output as _tandem_v1_ConnectionStatus__Output } from './tandem/v1/ConnectionStatus.ts';
import type { Destination as _tandem_v1_Destination, Destination__Output as _tandem_v1_Destination__Output } from './tandem/v1/Destination.ts';
import type { DestinationStatus as _tandem_v1_DestinationStatus, DestinationStatus__Output as _tandem_v1_DestinationStatus__Output } from './tandem/v1/DestinationStatus.ts';
import type { Document as _tandem_v1_Document, Document__Output as _tandem_v1_Document__Output } from './tandem/v1/Document.ts';
import type { DocumentText as _tandem_v1_DocumentText, DocumentText__Output as _tandem_v1_DocumentText__Output } from './tandem/v1/DocumentText.ts';
import type { DrainDestinationRequest as _tandem_v1_DrainDestinationRequest, DrainDestinationRequest__Output as _tandem_v1_DrainDestinationRequest__Output } from './tandem/v1/DrainDestinationRequest.ts';
import type { DrainDestinationResponse as _tandem_v1_DrainDestinationResponse, DrainDestinationResponse__Output as _tandem_v1_DrainDestinationResponse__Output } from './tandem/v1/DrainDestinationResponse.ts';
import type { Event as _tandem_v1_Event, Event__Output as _tandem_v1_Event__Output } from './tandem/v1/Event.ts';
import type { ExplainRequest as _tandem_v1_ExplainRequest, ExplainRequest__Output as _tandem_v1_ExplainRequest__Output } from './tandem/v1/ExplainRequest.ts';
import type { ExplainedSchedule as _tandem_v1_ExplainedSchedule, ExplainedSchedule__Output as _tandem_v1_ExplainedSchedule__Output } from './tandem/v1/ExplainedSchedule.ts';
import type { ExplainedService as _tandem_v1_ExplainedService, ExplainedService__Output as _tandem_v1_ExplainedService__Output } from './tandem/v1/ExplainedService.ts';
import type { ExplainedVerdict as _tandem_v1_ExplainedVerdict, ExplainedVerdict__Output as _tandem_v1_ExplainedVerdict__Output } from './tandem/v1/ExplainedVerdict.ts';
import type { Explanation as _tandem_v1_Explanation, Explanation__Output as _tandem_v1_Explanation__Output } from './tandem/v1/Explanation.ts';
import type { ForgetPeerRequest as _tandem_v1_ForgetPeerRequest, ForgetPeerRequest__Output as _tandem_v1_ForgetPeerRequest__Output } from './tandem/v1/ForgetPeerRequest.ts';
import type { ForgetPeerResponse as _tandem_v1_ForgetPeerResponse, ForgetPeerResponse__Output as _tandem_v1_ForgetPeerResponse__Output } from './tandem/v1/ForgetPeerResponse.ts';
import type { GetDocumentRequest as _tandem_v1_GetDocumentRequest, GetDocumentRequest__Output as _tandem_v1_GetDocumentRequest__Output } from './tandem/v1/GetDocumentRequest.ts';
import type { GetStatusRequest as _tandem_v1_GetStatusRequest, GetStatusRequest__Output as _tandem_v1_GetStatusRequest__Output } from './tandem/v1/GetStatusRequest.ts';
import type { KillConnectionsRequest as _tandem_v1_KillConnectionsRequest, KillConnectionsRequest__Output as _tandem_v1_KillConnectionsRequest__Output } from './tandem/v1/KillConnectionsRequest.ts';
import type { KillConnectionsResponse as _tandem_v1_KillConnectionsResponse, KillConnectionsResponse__Output as _tandem_v1_KillConnectionsResponse__Output } from './tandem/v1/KillConnectionsResponse.ts';
import type { Lag as _tandem_v1_Lag, Lag__Output as _tandem_v1_Lag__Output } from './tandem/v1/Lag.ts';
import type { ListConnectionsRequest as _tandem_v1_ListConnectionsRequest, ListConnectionsRequest__Output as _tandem_v1_ListConnectionsRequest__Output } from './tandem/v1/ListConnectionsRequest.ts';
import type { ListRevisionsRequest as _tandem_v1_ListRevisionsRequest, ListRevisionsRequest__Output as _tandem_v1_ListRevisionsRequest__Output } from './tandem/v1/ListRevisionsRequest.ts';
import type { ListRevisionsResponse as _tandem_v1_ListRevisionsResponse, ListRevisionsResponse__Output as _tandem_v1_ListRevisionsResponse__Output } from './tandem/v1/ListRevisionsResponse.ts';
import type { ListServicesRequest as _tandem_v1_ListServicesRequest, ListServicesRequest__Output as _tandem_v1_ListServicesRequest__Output } from './tandem/v1/ListServicesRequest.ts';
import type { ListServicesResponse as _tandem_v1_ListServicesResponse, ListServicesResponse__Output as _tandem_v1_ListServicesResponse__Output } from './tandem/v1/ListServicesResponse.ts';
import type { MarkRule as _tandem_v1_MarkRule, MarkRule__Output as _tandem_v1_MarkRule__Output } from './tandem/v1/MarkRule.ts';
import type { NodeClient as _tandem_v1_NodeClient, NodeDefinition as _tandem_v1_NodeDefinition } from './tandem/v1/Node.ts';
import type { NodeStatus as _tandem_v1_NodeStatus, NodeStatus__Output as _tandem_v1_NodeStatus__Output } from './tandem/v1/NodeStatus.ts';
import type { PeerStatus as _tandem_v1_PeerStatus, PeerStatus__Output as _tandem_v1_PeerStatus__Output } from './tandem/v1/PeerStatus.ts';
import type { Persistence as _tandem_v1_Persistence, Persistence__Output as _tandem_v1_Persistence__Output } from './tandem/v1/Persistence.ts';
import type { RestoreDocumentRequest as _tandem_v1_RestoreDocumentRequest, RestoreDocumentRequest__Output as _tandem_v1_RestoreDocumentRequest__Output } from './tandem/v1/RestoreDocumentRequest.ts';
import type { Revision as _tandem_v1_Revision, Revision__Output as _tandem_v1_Revision__Output } from './tandem/v1/Revision.ts';
import type { RollBackRequest as _tandem_v1_RollBackRequest, RollBackRequest__Output as _tandem_v1_RollBackRequest__Output } from './tandem/v1/RollBackRequest.ts';
import type { RunIpvsadmRequest as _tandem_v1_RunIpvsadmRequest, RunIpvsadmRequest__Output as _tandem_v1_RunIpvsadmRequest__Output } from './tandem/v1/RunIpvsadmRequest.ts';
import type { RunIpvsadmResponse as _tandem_v1_RunIpvsadmResponse, RunIpvsadmResponse__Output as _tandem_v1_RunIpvsadmResponse__Output } from './tandem/v1/RunIpvsadmResponse.ts';
import type { Service as _tandem_v1_Service, Service__Output as _tandem_v1_Service__Output } from './tandem/v1/Service.ts';
import type { ServiceStatus as _tandem_v1_ServiceStatus, ServiceStatus__Output as _tandem_v1_ServiceStatus__Output } from './tandem/v1/ServiceStatus.ts';
import type { SetMaintenanceRequest as _tandem_v1_SetMaintenanceRequest, SetMaintenanceRequest__Output as _tandem_v1_SetMaintenanceRequest__Output } from './tandem/v1/SetMaintenanceRequest.ts';
import type { SetMaintenanceResponse as _tandem_v1_SetMaintenanceResponse, SetMaintenanceResponse__Output as _tandem_v1_SetMaintenanceResponse__Output } from './tandem/v1/SetMaintenanceResponse.ts';
import type { Settings as _tandem_v1_Settings, Settings__Output as _tandem_v1_Settings__Output } from './tandem/v1/Settings.ts';
import type { SwitchOverRequest as _tandem_v1_SwitchOverRequest, SwitchOverRequest__Output as _tandem_v1_SwitchOverRequest__Output } from './tandem/v1/SwitchOverRequest.ts';
import type { SwitchOverResponse as _tandem_v1_SwitchOverResponse, SwitchOverResponse__Output as _tandem_v1_SwitchOverResponse__Output } from './tandem/v1/SwitchOverResponse.ts';
import type { SyncDaemon as _tandem_v1_SyncDaemon, SyncDaemon__Output as _tandem_v1_SyncDaemon__Output } from './tandem/v1/SyncDaemon.ts';
import type { Timeouts as _tandem_v1_Timeouts, Timeouts__Output as _tandem_v1_Timeouts__Output } from './tandem/v1/Timeouts.ts';
import type { Traffic as _tandem_v1_Traffic, Traffic__Output as _tandem_v1_Traffic__Output } from './tandem/v1/Traffic.ts';
import type { Tunnel as _tandem_v1_Tunnel, Tunnel__Output as _tandem_v1_Tunnel__Output } from './tandem/v1/Tunnel.ts';
import type { WatchEventsRequest as _tandem_v1_WatchEventsRequest, WatchEventsRequest__Output as _tandem_v1_WatchEventsRequest__Output } from './tandem/v1/WatchEventsRequest.ts';
import type { ZeroCountersRequest as _tandem_v1_ZeroCountersRequest, ZeroCountersRequest__Output as _tandem_v1_ZeroCountersRequest__Output } from './tandem/v1/ZeroCountersRequest.ts';
import type { ZeroCountersResponse as _tandem_v1_ZeroCountersResponse, ZeroCountersResponse__Output as _tandem_v1_ZeroCountersResponse__Output } from './tandem/v1/ZeroCountersResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tandem: {
    v1: {
      ApplyDocumentRequest: MessageTypeDefinition<_tandem_v1_ApplyDocumentRequest, _tandem_v1_ApplyDocumentRequest__Output>
      ApplyDocumentResponse: MessageTypeDefinition<_tandem_v1_ApplyDocumentResponse, _tandem_v1_ApplyDocumentResponse__Output>
      Candidate: MessageTypeDefinition<_tandem_v1_Candidate, _tandem_v1_Candidate__Output>
      CapturePacketsRequest: MessageTypeDefinition<_tandem_v1_CapturePacketsRequest, _tandem_v1_CapturePacketsRequest__Output>
      CapturedPacket: MessageTypeDefinition<_tandem_v1_CapturedPacket, _tandem_v1_CapturedPacket__Output>
      CapturedPackets: MessageTypeDefinition<_tandem_v1_CapturedPackets, _tandem_v1_CapturedPackets__Output>
      Check: MessageTypeDefinition<_tandem_v1_Check, _tandem_v1_Check__Output>
      ConnectionBatch: MessageTypeDefinition<_tandem_v1_ConnectionBatch, _tandem_v1_ConnectionBatch__Output>
      ConnectionStatus: MessageTypeDefinition<_tandem_v1_ConnectionStatus, _tandem_v1_ConnectionStatus__Output>
      Destination: MessageTypeDefinition<_tandem_v1_Destination, _tandem_v1_Destination__Output>
      DestinationStatus: MessageTypeDefinition<_tandem_v1_DestinationStatus, _tandem_v1_DestinationStatus__Output>
      Document: MessageTypeDefinition<_tandem_v1_Document, _tandem_v1_Document__Output>
      DocumentText: MessageTypeDefinition<_tandem_v1_DocumentText, _tandem_v1_DocumentText__Output>
      DrainDestinationRequest: MessageTypeDefinition<_tandem_v1_DrainDestinationRequest, _tandem_v1_DrainDestinationRequest__Output>
      DrainDestinationResponse: MessageTypeDefinition<_tandem_v1_DrainDestinationResponse, _tandem_v1_DrainDestinationResponse__Output>
      Event: MessageTypeDefinition<_tandem_v1_Event, _tandem_v1_Event__Output>
      ExplainRequest: MessageTypeDefinition<_tandem_v1_ExplainRequest, _tandem_v1_ExplainRequest__Output>
      ExplainedSchedule: MessageTypeDefinition<_tandem_v1_ExplainedSchedule, _tandem_v1_ExplainedSchedule__Output>
      ExplainedService: MessageTypeDefinition<_tandem_v1_ExplainedService, _tandem_v1_ExplainedService__Output>
      ExplainedVerdict: MessageTypeDefinition<_tandem_v1_ExplainedVerdict, _tandem_v1_ExplainedVerdict__Output>
      Explanation: MessageTypeDefinition<_tandem_v1_Explanation, _tandem_v1_Explanation__Output>
      FollowState: EnumTypeDefinition
      ForgetPeerRequest: MessageTypeDefinition<_tandem_v1_ForgetPeerRequest, _tandem_v1_ForgetPeerRequest__Output>
      ForgetPeerResponse: MessageTypeDefinition<_tandem_v1_ForgetPeerResponse, _tandem_v1_ForgetPeerResponse__Output>
      GetDocumentRequest: MessageTypeDefinition<_tandem_v1_GetDocumentRequest, _tandem_v1_GetDocumentRequest__Output>
      GetStatusRequest: MessageTypeDefinition<_tandem_v1_GetStatusRequest, _tandem_v1_GetStatusRequest__Output>
      Health: EnumTypeDefinition
      KillConnectionsRequest: MessageTypeDefinition<_tandem_v1_KillConnectionsRequest, _tandem_v1_KillConnectionsRequest__Output>
      KillConnectionsResponse: MessageTypeDefinition<_tandem_v1_KillConnectionsResponse, _tandem_v1_KillConnectionsResponse__Output>
      Lag: MessageTypeDefinition<_tandem_v1_Lag, _tandem_v1_Lag__Output>
      ListConnectionsRequest: MessageTypeDefinition<_tandem_v1_ListConnectionsRequest, _tandem_v1_ListConnectionsRequest__Output>
      ListRevisionsRequest: MessageTypeDefinition<_tandem_v1_ListRevisionsRequest, _tandem_v1_ListRevisionsRequest__Output>
      ListRevisionsResponse: MessageTypeDefinition<_tandem_v1_ListRevisionsResponse, _tandem_v1_ListRevisionsResponse__Output>
      ListServicesRequest: MessageTypeDefinition<_tandem_v1_ListServicesRequest, _tandem_v1_ListServicesRequest__Output>
      ListServicesResponse: MessageTypeDefinition<_tandem_v1_ListServicesResponse, _tandem_v1_ListServicesResponse__Output>
      MarkRule: MessageTypeDefinition<_tandem_v1_MarkRule, _tandem_v1_MarkRule__Output>
      Messaging: EnumTypeDefinition
      Node: SubtypeConstructor<typeof grpc.Client, _tandem_v1_NodeClient> & { service: _tandem_v1_NodeDefinition }
      NodeStatus: MessageTypeDefinition<_tandem_v1_NodeStatus, _tandem_v1_NodeStatus__Output>
      PeerStatus: MessageTypeDefinition<_tandem_v1_PeerStatus, _tandem_v1_PeerStatus__Output>
      Persistence: MessageTypeDefinition<_tandem_v1_Persistence, _tandem_v1_Persistence__Output>
      RestoreDocumentRequest: MessageTypeDefinition<_tandem_v1_RestoreDocumentRequest, _tandem_v1_RestoreDocumentRequest__Output>
      Revision: MessageTypeDefinition<_tandem_v1_Revision, _tandem_v1_Revision__Output>
      Role: EnumTypeDefinition
      RollBackRequest: MessageTypeDefinition<_tandem_v1_RollBackRequest, _tandem_v1_RollBackRequest__Output>
      RunIpvsadmRequest: MessageTypeDefinition<_tandem_v1_RunIpvsadmRequest, _tandem_v1_RunIpvsadmRequest__Output>
      RunIpvsadmResponse: MessageTypeDefinition<_tandem_v1_RunIpvsadmResponse, _tandem_v1_RunIpvsadmResponse__Output>
      Service: MessageTypeDefinition<_tandem_v1_Service, _tandem_v1_Service__Output>
      ServiceStatus: MessageTypeDefinition<_tandem_v1_ServiceStatus, _tandem_v1_ServiceStatus__Output>
      SetMaintenanceRequest: MessageTypeDefinition<_tandem_v1_SetMaintenanceRequest, _tandem_v1_SetMaintenanceRequest__Output>
      SetMaintenanceResponse: MessageTypeDefinition<_tandem_v1_SetMaintenanceResponse, _tandem_v1_SetMaintenanceResponse__Output>
      Settings: MessageTypeDefinition<_tandem_v1_Settings, _tandem_v1_Settings__Output>
      SwitchOverRequest: MessageTypeDefinition<_tandem_v1_SwitchOverRequest, _tandem_v1_SwitchOverRequest__Output>
      SwitchOverResponse: MessageTypeDefinition<_tandem_v1_SwitchOverResponse, _tandem_v1_SwitchOverResponse__Output>
      SyncDaemon: MessageTypeDefinition<_tandem_v1_SyncDaemon, _tandem_v1_SyncDaemon__Output>
      Timeouts: MessageTypeDefinition<_tandem_v1_Timeouts, _tandem_v1_Timeouts__Output>
      Traffic: MessageTypeDefinition<_tandem_v1_Traffic, _tandem_v1_Traffic__Output>
      Tunnel: MessageTypeDefinition<_tandem_v1_Tunnel, _tandem_v1_Tunnel__Output>
      WatchEventsRequest: MessageTypeDefinition<_tandem_v1_WatchEventsRequest, _tandem_v1_WatchEventsRequest__Output>
      ZeroCountersRequest: MessageTypeDefinition<_tandem_v1_ZeroCountersRequest, _tandem_v1_ZeroCountersRequest__Output>
      ZeroCountersResponse: MessageTypeDefinition<_tandem_v1_ZeroCountersResponse, _tandem_v1_ZeroCountersResponse__Output>
    }
  }
}

