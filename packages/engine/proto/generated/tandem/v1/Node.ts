// Original file: tandem/v1/node.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApplyDocumentRequest as _tandem_v1_ApplyDocumentRequest, ApplyDocumentRequest__Output as _tandem_v1_ApplyDocumentRequest__Output } from '../../tandem/v1/ApplyDocumentRequest.ts';
import type { ApplyDocumentResponse as _tandem_v1_ApplyDocumentResponse, ApplyDocumentResponse__Output as _tandem_v1_ApplyDocumentResponse__Output } from '../../tandem/v1/ApplyDocumentResponse.ts';
import type { CapturePacketsRequest as _tandem_v1_CapturePacketsRequest, CapturePacketsRequest__Output as _tandem_v1_CapturePacketsRequest__Output } from '../../tandem/v1/CapturePacketsRequest.ts';
import type { CapturedPackets as _tandem_v1_CapturedPackets, CapturedPackets__Output as _tandem_v1_CapturedPackets__Output } from '../../tandem/v1/CapturedPackets.ts';
import type { ConnectionBatch as _tandem_v1_ConnectionBatch, ConnectionBatch__Output as _tandem_v1_ConnectionBatch__Output } from '../../tandem/v1/ConnectionBatch.ts';
import type { Document as _tandem_v1_Document, Document__Output as _tandem_v1_Document__Output } from '../../tandem/v1/Document.ts';
import type { DocumentText as _tandem_v1_DocumentText, DocumentText__Output as _tandem_v1_DocumentText__Output } from '../../tandem/v1/DocumentText.ts';
import type { DrainDestinationRequest as _tandem_v1_DrainDestinationRequest, DrainDestinationRequest__Output as _tandem_v1_DrainDestinationRequest__Output } from '../../tandem/v1/DrainDestinationRequest.ts';
import type { DrainDestinationResponse as _tandem_v1_DrainDestinationResponse, DrainDestinationResponse__Output as _tandem_v1_DrainDestinationResponse__Output } from '../../tandem/v1/DrainDestinationResponse.ts';
import type { Event as _tandem_v1_Event, Event__Output as _tandem_v1_Event__Output } from '../../tandem/v1/Event.ts';
import type { ExplainRequest as _tandem_v1_ExplainRequest, ExplainRequest__Output as _tandem_v1_ExplainRequest__Output } from '../../tandem/v1/ExplainRequest.ts';
import type { Explanation as _tandem_v1_Explanation, Explanation__Output as _tandem_v1_Explanation__Output } from '../../tandem/v1/Explanation.ts';
import type { ForgetPeerRequest as _tandem_v1_ForgetPeerRequest, ForgetPeerRequest__Output as _tandem_v1_ForgetPeerRequest__Output } from '../../tandem/v1/ForgetPeerRequest.ts';
import type { ForgetPeerResponse as _tandem_v1_ForgetPeerResponse, ForgetPeerResponse__Output as _tandem_v1_ForgetPeerResponse__Output } from '../../tandem/v1/ForgetPeerResponse.ts';
import type { GetDocumentRequest as _tandem_v1_GetDocumentRequest, GetDocumentRequest__Output as _tandem_v1_GetDocumentRequest__Output } from '../../tandem/v1/GetDocumentRequest.ts';
import type { GetStatusRequest as _tandem_v1_GetStatusRequest, GetStatusRequest__Output as _tandem_v1_GetStatusRequest__Output } from '../../tandem/v1/GetStatusRequest.ts';
import type { KillConnectionsRequest as _tandem_v1_KillConnectionsRequest, KillConnectionsRequest__Output as _tandem_v1_KillConnectionsRequest__Output } from '../../tandem/v1/KillConnectionsRequest.ts';
import type { KillConnectionsResponse as _tandem_v1_KillConnectionsResponse, KillConnectionsResponse__Output as _tandem_v1_KillConnectionsResponse__Output } from '../../tandem/v1/KillConnectionsResponse.ts';
import type { ListConnectionsRequest as _tandem_v1_ListConnectionsRequest, ListConnectionsRequest__Output as _tandem_v1_ListConnectionsRequest__Output } from '../../tandem/v1/ListConnectionsRequest.ts';
import type { ListRevisionsRequest as _tandem_v1_ListRevisionsRequest, ListRevisionsRequest__Output as _tandem_v1_ListRevisionsRequest__Output } from '../../tandem/v1/ListRevisionsRequest.ts';
import type { ListRevisionsResponse as _tandem_v1_ListRevisionsResponse, ListRevisionsResponse__Output as _tandem_v1_ListRevisionsResponse__Output } from '../../tandem/v1/ListRevisionsResponse.ts';
import type { ListServicesRequest as _tandem_v1_ListServicesRequest, ListServicesRequest__Output as _tandem_v1_ListServicesRequest__Output } from '../../tandem/v1/ListServicesRequest.ts';
import type { ListServicesResponse as _tandem_v1_ListServicesResponse, ListServicesResponse__Output as _tandem_v1_ListServicesResponse__Output } from '../../tandem/v1/ListServicesResponse.ts';
import type { NodeStatus as _tandem_v1_NodeStatus, NodeStatus__Output as _tandem_v1_NodeStatus__Output } from '../../tandem/v1/NodeStatus.ts';
import type { RestoreDocumentRequest as _tandem_v1_RestoreDocumentRequest, RestoreDocumentRequest__Output as _tandem_v1_RestoreDocumentRequest__Output } from '../../tandem/v1/RestoreDocumentRequest.ts';
import type { RollBackRequest as _tandem_v1_RollBackRequest, RollBackRequest__Output as _tandem_v1_RollBackRequest__Output } from '../../tandem/v1/RollBackRequest.ts';
import type { RunIpvsadmRequest as _tandem_v1_RunIpvsadmRequest, RunIpvsadmRequest__Output as _tandem_v1_RunIpvsadmRequest__Output } from '../../tandem/v1/RunIpvsadmRequest.ts';
import type { RunIpvsadmResponse as _tandem_v1_RunIpvsadmResponse, RunIpvsadmResponse__Output as _tandem_v1_RunIpvsadmResponse__Output } from '../../tandem/v1/RunIpvsadmResponse.ts';
import type { SetMaintenanceRequest as _tandem_v1_SetMaintenanceRequest, SetMaintenanceRequest__Output as _tandem_v1_SetMaintenanceRequest__Output } from '../../tandem/v1/SetMaintenanceRequest.ts';
import type { SetMaintenanceResponse as _tandem_v1_SetMaintenanceResponse, SetMaintenanceResponse__Output as _tandem_v1_SetMaintenanceResponse__Output } from '../../tandem/v1/SetMaintenanceResponse.ts';
import type { SwitchOverRequest as _tandem_v1_SwitchOverRequest, SwitchOverRequest__Output as _tandem_v1_SwitchOverRequest__Output } from '../../tandem/v1/SwitchOverRequest.ts';
import type { SwitchOverResponse as _tandem_v1_SwitchOverResponse, SwitchOverResponse__Output as _tandem_v1_SwitchOverResponse__Output } from '../../tandem/v1/SwitchOverResponse.ts';
import type { WatchEventsRequest as _tandem_v1_WatchEventsRequest, WatchEventsRequest__Output as _tandem_v1_WatchEventsRequest__Output } from '../../tandem/v1/WatchEventsRequest.ts';
import type { ZeroCountersRequest as _tandem_v1_ZeroCountersRequest, ZeroCountersRequest__Output as _tandem_v1_ZeroCountersRequest__Output } from '../../tandem/v1/ZeroCountersRequest.ts';
import type { ZeroCountersResponse as _tandem_v1_ZeroCountersResponse, ZeroCountersResponse__Output as _tandem_v1_ZeroCountersResponse__Output } from '../../tandem/v1/ZeroCountersResponse.ts';

export interface NodeClient extends grpc.Client {
  /**
   * Replace the document, whole. An equal one changes nothing and keeps its revision. Role: operate to change weights and what is
   * drained (the text stays then), admin for more.
   */
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  ApplyDocument(argument: _tandem_v1_ApplyDocumentRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Replace the document, whole. An equal one changes nothing and keeps its revision. Role: operate to change weights and what is
   * drained (the text stays then), admin for more.
   */
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  applyDocument(argument: _tandem_v1_ApplyDocumentRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Packets as they come in on this node, with what was decided about each. The first message comes when the capture is on and has none. Packets
   * that come faster than they are taken are lost and counted; they are forwarded all the same. Role: operate.
   */
  CapturePackets(argument: _tandem_v1_CapturePacketsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_CapturedPackets__Output>;
  CapturePackets(argument: _tandem_v1_CapturePacketsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_CapturedPackets__Output>;
  /**
   * Packets as they come in on this node, with what was decided about each. The first message comes when the capture is on and has none. Packets
   * that come faster than they are taken are lost and counted; they are forwarded all the same. Role: operate.
   */
  capturePackets(argument: _tandem_v1_CapturePacketsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_CapturedPackets__Output>;
  capturePackets(argument: _tandem_v1_CapturePacketsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_CapturedPackets__Output>;
  
  /**
   * Quiesce a destination, or undo that. Established connections go on. Role: operate.
   */
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  DrainDestination(argument: _tandem_v1_DrainDestinationRequest, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Quiesce a destination, or undo that. Established connections go on. Role: operate.
   */
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  drainDestination(argument: _tandem_v1_DrainDestinationRequest, callback: grpc.requestCallback<_tandem_v1_DrainDestinationResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Why a packet goes where it goes: decides about it as the node would, and changes nothing. Role: view.
   */
  Explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tandem_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  Explain(argument: _tandem_v1_ExplainRequest, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  /**
   * Why a packet goes where it goes: decides about it as the node would, and changes nothing. Role: view.
   */
  explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  explain(argument: _tandem_v1_ExplainRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  explain(argument: _tandem_v1_ExplainRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  explain(argument: _tandem_v1_ExplainRequest, callback: grpc.requestCallback<_tandem_v1_Explanation__Output>): grpc.ClientUnaryCall;
  
  /**
   * Know a peer that is gone for good no more: it is neither listed nor missed until it is heard again. Only of one that is lost. Role: operate.
   */
  ForgetPeer(argument: _tandem_v1_ForgetPeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  ForgetPeer(argument: _tandem_v1_ForgetPeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  ForgetPeer(argument: _tandem_v1_ForgetPeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  ForgetPeer(argument: _tandem_v1_ForgetPeerRequest, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Know a peer that is gone for good no more: it is neither listed nor missed until it is heard again. Only of one that is lost. Role: operate.
   */
  forgetPeer(argument: _tandem_v1_ForgetPeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  forgetPeer(argument: _tandem_v1_ForgetPeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  forgetPeer(argument: _tandem_v1_ForgetPeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  forgetPeer(argument: _tandem_v1_ForgetPeerRequest, callback: grpc.requestCallback<_tandem_v1_ForgetPeerResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The document that this node runs, or an earlier revision of it. Role: view.
   */
  GetDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _tandem_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  GetDocument(argument: _tandem_v1_GetDocumentRequest, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  /**
   * The document that this node runs, or an earlier revision of it. Role: view.
   */
  getDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _tandem_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  getDocument(argument: _tandem_v1_GetDocumentRequest, callback: grpc.requestCallback<_tandem_v1_Document__Output>): grpc.ClientUnaryCall;
  
  /**
   * The document as an operator wrote it last, with his comments. Role: view.
   */
  GetDocumentText(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  GetDocumentText(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  GetDocumentText(argument: _tandem_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  GetDocumentText(argument: _tandem_v1_GetDocumentRequest, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  /**
   * The document as an operator wrote it last, with his comments. Role: view.
   */
  getDocumentText(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  getDocumentText(argument: _tandem_v1_GetDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  getDocumentText(argument: _tandem_v1_GetDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  getDocumentText(argument: _tandem_v1_GetDocumentRequest, callback: grpc.requestCallback<_tandem_v1_DocumentText__Output>): grpc.ClientUnaryCall;
  
  /**
   * How this node and its peers are. Role: view.
   */
  GetStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _tandem_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _tandem_v1_GetStatusRequest, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  /**
   * How this node and its peers are. Role: view.
   */
  getStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _tandem_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _tandem_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _tandem_v1_GetStatusRequest, callback: grpc.requestCallback<_tandem_v1_NodeStatus__Output>): grpc.ClientUnaryCall;
  
  /**
   * End connections at once, on every node that has them. Role: operate.
   */
  KillConnections(argument: _tandem_v1_KillConnectionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  KillConnections(argument: _tandem_v1_KillConnectionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  KillConnections(argument: _tandem_v1_KillConnectionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  KillConnections(argument: _tandem_v1_KillConnectionsRequest, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * End connections at once, on every node that has them. Role: operate.
   */
  killConnections(argument: _tandem_v1_KillConnectionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  killConnections(argument: _tandem_v1_KillConnectionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  killConnections(argument: _tandem_v1_KillConnectionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  killConnections(argument: _tandem_v1_KillConnectionsRequest, callback: grpc.requestCallback<_tandem_v1_KillConnectionsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The connections in this node's table, in batches of at most 256. Role: view.
   */
  ListConnections(argument: _tandem_v1_ListConnectionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  ListConnections(argument: _tandem_v1_ListConnectionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  /**
   * The connections in this node's table, in batches of at most 256. Role: view.
   */
  listConnections(argument: _tandem_v1_ListConnectionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  listConnections(argument: _tandem_v1_ListConnectionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_ConnectionBatch__Output>;
  
  /**
   * The revisions that can be gone back to, newest first. Role: view.
   */
  ListRevisions(argument: _tandem_v1_ListRevisionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  ListRevisions(argument: _tandem_v1_ListRevisionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  ListRevisions(argument: _tandem_v1_ListRevisionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  ListRevisions(argument: _tandem_v1_ListRevisionsRequest, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The revisions that can be gone back to, newest first. Role: view.
   */
  listRevisions(argument: _tandem_v1_ListRevisionsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  listRevisions(argument: _tandem_v1_ListRevisionsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  listRevisions(argument: _tandem_v1_ListRevisionsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  listRevisions(argument: _tandem_v1_ListRevisionsRequest, callback: grpc.requestCallback<_tandem_v1_ListRevisionsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * The virtual services that run, with their destinations, in document order. Role: view.
   */
  ListServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  ListServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  ListServices(argument: _tandem_v1_ListServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  ListServices(argument: _tandem_v1_ListServicesRequest, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  /**
   * The virtual services that run, with their destinations, in document order. Role: view.
   */
  listServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  listServices(argument: _tandem_v1_ListServicesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  listServices(argument: _tandem_v1_ListServicesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  listServices(argument: _tandem_v1_ListServicesRequest, callback: grpc.requestCallback<_tandem_v1_ListServicesResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Make a document from a backup the newest revision, ids included. Role: admin.
   */
  RestoreDocument(argument: _tandem_v1_RestoreDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  RestoreDocument(argument: _tandem_v1_RestoreDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  RestoreDocument(argument: _tandem_v1_RestoreDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  RestoreDocument(argument: _tandem_v1_RestoreDocumentRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Make a document from a backup the newest revision, ids included. Role: admin.
   */
  restoreDocument(argument: _tandem_v1_RestoreDocumentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  restoreDocument(argument: _tandem_v1_RestoreDocumentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  restoreDocument(argument: _tandem_v1_RestoreDocumentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  restoreDocument(argument: _tandem_v1_RestoreDocumentRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Make an earlier revision's document the newest revision. Role: admin.
   */
  RollBack(argument: _tandem_v1_RollBackRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  RollBack(argument: _tandem_v1_RollBackRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  RollBack(argument: _tandem_v1_RollBackRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  RollBack(argument: _tandem_v1_RollBackRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Make an earlier revision's document the newest revision. Role: admin.
   */
  rollBack(argument: _tandem_v1_RollBackRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  rollBack(argument: _tandem_v1_RollBackRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  rollBack(argument: _tandem_v1_RollBackRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  rollBack(argument: _tandem_v1_RollBackRequest, callback: grpc.requestCallback<_tandem_v1_ApplyDocumentResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Carry out a command line of ipvsadm (1.31) on the cluster's document. Role: view to list and to save, operate to zero counters and to change
   * weights (-e that changes nothing else), admin for the rest.
   */
  RunIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  RunIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  RunIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  RunIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Carry out a command line of ipvsadm (1.31) on the cluster's document. Role: view to list and to save, operate to zero counters and to change
   * weights (-e that changes nothing else), admin for the rest.
   */
  runIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  runIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  runIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  runIpvsadm(argument: _tandem_v1_RunIpvsadmRequest, callback: grpc.requestCallback<_tandem_v1_RunIpvsadmResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Take this node out of service, or back into it; survives restarts and reboots. Role: operate.
   */
  SetMaintenance(argument: _tandem_v1_SetMaintenanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  SetMaintenance(argument: _tandem_v1_SetMaintenanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  SetMaintenance(argument: _tandem_v1_SetMaintenanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  SetMaintenance(argument: _tandem_v1_SetMaintenanceRequest, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Take this node out of service, or back into it; survives restarts and reboots. Role: operate.
   */
  setMaintenance(argument: _tandem_v1_SetMaintenanceRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  setMaintenance(argument: _tandem_v1_SetMaintenanceRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  setMaintenance(argument: _tandem_v1_SetMaintenanceRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  setMaintenance(argument: _tandem_v1_SetMaintenanceRequest, callback: grpc.requestCallback<_tandem_v1_SetMaintenanceResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Hand the active role to a peer. Role: operate.
   */
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  SwitchOver(argument: _tandem_v1_SwitchOverRequest, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Hand the active role to a peer. Role: operate.
   */
  switchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  switchOver(argument: _tandem_v1_SwitchOverRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  switchOver(argument: _tandem_v1_SwitchOverRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  switchOver(argument: _tandem_v1_SwitchOverRequest, callback: grpc.requestCallback<_tandem_v1_SwitchOverResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * What happens on this node, in order, from now or from where an earlier watch left off. Role: view.
   */
  WatchEvents(argument: _tandem_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_Event__Output>;
  WatchEvents(argument: _tandem_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_Event__Output>;
  /**
   * What happens on this node, in order, from now or from where an earlier watch left off. Role: view.
   */
  watchEvents(argument: _tandem_v1_WatchEventsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_Event__Output>;
  watchEvents(argument: _tandem_v1_WatchEventsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_Event__Output>;
  
  /**
   * Let counters of services and destinations start from 0 again on this node. Metrics go on. Role: operate.
   */
  ZeroCounters(argument: _tandem_v1_ZeroCountersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  ZeroCounters(argument: _tandem_v1_ZeroCountersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  ZeroCounters(argument: _tandem_v1_ZeroCountersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  ZeroCounters(argument: _tandem_v1_ZeroCountersRequest, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Let counters of services and destinations start from 0 again on this node. Metrics go on. Role: operate.
   */
  zeroCounters(argument: _tandem_v1_ZeroCountersRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  zeroCounters(argument: _tandem_v1_ZeroCountersRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  zeroCounters(argument: _tandem_v1_ZeroCountersRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  zeroCounters(argument: _tandem_v1_ZeroCountersRequest, callback: grpc.requestCallback<_tandem_v1_ZeroCountersResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface NodeHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Replace the document, whole. An equal one changes nothing and keeps its revision. Role: operate to change weights and what is
   * drained (the text stays then), admin for more.
   */
  ApplyDocument: grpc.handleUnaryCall<_tandem_v1_ApplyDocumentRequest__Output, _tandem_v1_ApplyDocumentResponse>;
  
  /**
   * Packets as they come in on this node, with what was decided about each. The first message comes when the capture is on and has none. Packets
   * that come faster than they are taken are lost and counted; they are forwarded all the same. Role: operate.
   */
  CapturePackets: grpc.handleServerStreamingCall<_tandem_v1_CapturePacketsRequest__Output, _tandem_v1_CapturedPackets>;
  
  /**
   * Quiesce a destination, or undo that. Established connections go on. Role: operate.
   */
  DrainDestination: grpc.handleUnaryCall<_tandem_v1_DrainDestinationRequest__Output, _tandem_v1_DrainDestinationResponse>;
  
  /**
   * Why a packet goes where it goes: decides about it as the node would, and changes nothing. Role: view.
   */
  Explain: grpc.handleUnaryCall<_tandem_v1_ExplainRequest__Output, _tandem_v1_Explanation>;
  
  /**
   * Know a peer that is gone for good no more: it is neither listed nor missed until it is heard again. Only of one that is lost. Role: operate.
   */
  ForgetPeer: grpc.handleUnaryCall<_tandem_v1_ForgetPeerRequest__Output, _tandem_v1_ForgetPeerResponse>;
  
  /**
   * The document that this node runs, or an earlier revision of it. Role: view.
   */
  GetDocument: grpc.handleUnaryCall<_tandem_v1_GetDocumentRequest__Output, _tandem_v1_Document>;
  
  /**
   * The document as an operator wrote it last, with his comments. Role: view.
   */
  GetDocumentText: grpc.handleUnaryCall<_tandem_v1_GetDocumentRequest__Output, _tandem_v1_DocumentText>;
  
  /**
   * How this node and its peers are. Role: view.
   */
  GetStatus: grpc.handleUnaryCall<_tandem_v1_GetStatusRequest__Output, _tandem_v1_NodeStatus>;
  
  /**
   * End connections at once, on every node that has them. Role: operate.
   */
  KillConnections: grpc.handleUnaryCall<_tandem_v1_KillConnectionsRequest__Output, _tandem_v1_KillConnectionsResponse>;
  
  /**
   * The connections in this node's table, in batches of at most 256. Role: view.
   */
  ListConnections: grpc.handleServerStreamingCall<_tandem_v1_ListConnectionsRequest__Output, _tandem_v1_ConnectionBatch>;
  
  /**
   * The revisions that can be gone back to, newest first. Role: view.
   */
  ListRevisions: grpc.handleUnaryCall<_tandem_v1_ListRevisionsRequest__Output, _tandem_v1_ListRevisionsResponse>;
  
  /**
   * The virtual services that run, with their destinations, in document order. Role: view.
   */
  ListServices: grpc.handleUnaryCall<_tandem_v1_ListServicesRequest__Output, _tandem_v1_ListServicesResponse>;
  
  /**
   * Make a document from a backup the newest revision, ids included. Role: admin.
   */
  RestoreDocument: grpc.handleUnaryCall<_tandem_v1_RestoreDocumentRequest__Output, _tandem_v1_ApplyDocumentResponse>;
  
  /**
   * Make an earlier revision's document the newest revision. Role: admin.
   */
  RollBack: grpc.handleUnaryCall<_tandem_v1_RollBackRequest__Output, _tandem_v1_ApplyDocumentResponse>;
  
  /**
   * Carry out a command line of ipvsadm (1.31) on the cluster's document. Role: view to list and to save, operate to zero counters and to change
   * weights (-e that changes nothing else), admin for the rest.
   */
  RunIpvsadm: grpc.handleUnaryCall<_tandem_v1_RunIpvsadmRequest__Output, _tandem_v1_RunIpvsadmResponse>;
  
  /**
   * Take this node out of service, or back into it; survives restarts and reboots. Role: operate.
   */
  SetMaintenance: grpc.handleUnaryCall<_tandem_v1_SetMaintenanceRequest__Output, _tandem_v1_SetMaintenanceResponse>;
  
  /**
   * Hand the active role to a peer. Role: operate.
   */
  SwitchOver: grpc.handleUnaryCall<_tandem_v1_SwitchOverRequest__Output, _tandem_v1_SwitchOverResponse>;
  
  /**
   * What happens on this node, in order, from now or from where an earlier watch left off. Role: view.
   */
  WatchEvents: grpc.handleServerStreamingCall<_tandem_v1_WatchEventsRequest__Output, _tandem_v1_Event>;
  
  /**
   * Let counters of services and destinations start from 0 again on this node. Metrics go on. Role: operate.
   */
  ZeroCounters: grpc.handleUnaryCall<_tandem_v1_ZeroCountersRequest__Output, _tandem_v1_ZeroCountersResponse>;
  
}

export interface NodeDefinition extends grpc.ServiceDefinition {
  ApplyDocument: MethodDefinition<_tandem_v1_ApplyDocumentRequest, _tandem_v1_ApplyDocumentResponse, _tandem_v1_ApplyDocumentRequest__Output, _tandem_v1_ApplyDocumentResponse__Output>
  CapturePackets: MethodDefinition<_tandem_v1_CapturePacketsRequest, _tandem_v1_CapturedPackets, _tandem_v1_CapturePacketsRequest__Output, _tandem_v1_CapturedPackets__Output>
  DrainDestination: MethodDefinition<_tandem_v1_DrainDestinationRequest, _tandem_v1_DrainDestinationResponse, _tandem_v1_DrainDestinationRequest__Output, _tandem_v1_DrainDestinationResponse__Output>
  Explain: MethodDefinition<_tandem_v1_ExplainRequest, _tandem_v1_Explanation, _tandem_v1_ExplainRequest__Output, _tandem_v1_Explanation__Output>
  ForgetPeer: MethodDefinition<_tandem_v1_ForgetPeerRequest, _tandem_v1_ForgetPeerResponse, _tandem_v1_ForgetPeerRequest__Output, _tandem_v1_ForgetPeerResponse__Output>
  GetDocument: MethodDefinition<_tandem_v1_GetDocumentRequest, _tandem_v1_Document, _tandem_v1_GetDocumentRequest__Output, _tandem_v1_Document__Output>
  GetDocumentText: MethodDefinition<_tandem_v1_GetDocumentRequest, _tandem_v1_DocumentText, _tandem_v1_GetDocumentRequest__Output, _tandem_v1_DocumentText__Output>
  GetStatus: MethodDefinition<_tandem_v1_GetStatusRequest, _tandem_v1_NodeStatus, _tandem_v1_GetStatusRequest__Output, _tandem_v1_NodeStatus__Output>
  KillConnections: MethodDefinition<_tandem_v1_KillConnectionsRequest, _tandem_v1_KillConnectionsResponse, _tandem_v1_KillConnectionsRequest__Output, _tandem_v1_KillConnectionsResponse__Output>
  ListConnections: MethodDefinition<_tandem_v1_ListConnectionsRequest, _tandem_v1_ConnectionBatch, _tandem_v1_ListConnectionsRequest__Output, _tandem_v1_ConnectionBatch__Output>
  ListRevisions: MethodDefinition<_tandem_v1_ListRevisionsRequest, _tandem_v1_ListRevisionsResponse, _tandem_v1_ListRevisionsRequest__Output, _tandem_v1_ListRevisionsResponse__Output>
  ListServices: MethodDefinition<_tandem_v1_ListServicesRequest, _tandem_v1_ListServicesResponse, _tandem_v1_ListServicesRequest__Output, _tandem_v1_ListServicesResponse__Output>
  RestoreDocument: MethodDefinition<_tandem_v1_RestoreDocumentRequest, _tandem_v1_ApplyDocumentResponse, _tandem_v1_RestoreDocumentRequest__Output, _tandem_v1_ApplyDocumentResponse__Output>
  RollBack: MethodDefinition<_tandem_v1_RollBackRequest, _tandem_v1_ApplyDocumentResponse, _tandem_v1_RollBackRequest__Output, _tandem_v1_ApplyDocumentResponse__Output>
  RunIpvsadm: MethodDefinition<_tandem_v1_RunIpvsadmRequest, _tandem_v1_RunIpvsadmResponse, _tandem_v1_RunIpvsadmRequest__Output, _tandem_v1_RunIpvsadmResponse__Output>
  SetMaintenance: MethodDefinition<_tandem_v1_SetMaintenanceRequest, _tandem_v1_SetMaintenanceResponse, _tandem_v1_SetMaintenanceRequest__Output, _tandem_v1_SetMaintenanceResponse__Output>
  SwitchOver: MethodDefinition<_tandem_v1_SwitchOverRequest, _tandem_v1_SwitchOverResponse, _tandem_v1_SwitchOverRequest__Output, _tandem_v1_SwitchOverResponse__Output>
  WatchEvents: MethodDefinition<_tandem_v1_WatchEventsRequest, _tandem_v1_Event, _tandem_v1_WatchEventsRequest__Output, _tandem_v1_Event__Output>
  ZeroCounters: MethodDefinition<_tandem_v1_ZeroCountersRequest, _tandem_v1_ZeroCountersResponse, _tandem_v1_ZeroCountersRequest__Output, _tandem_v1_ZeroCountersResponse__Output>
}
