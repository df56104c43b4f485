// Layouts, enums and counters of the register map, as macros.
//
// A layout's field is a part select of a vector that holds the layout: entry[`ENTRY_STATE]. Fields of an
// inner layout are given by their path: entry[`ENTRY_KEY_LOCAL_PORT]. Each field has its width beside it
// (`ENTRY_STATE_WIDTH), each layout its whole size (`ENTRY_BITS) and the 32-bit words that hold it, each enum
// the width of its values (`TCP_STATE_BITS).
//
// Generated from hdl/registers/*.yaml; do not edit. Made by
//   dotnet run --project firmware-tools/Offload.RegisterMap -- generate

`ifndef OFFLOAD_MAP_VH
`define OFFLOAD_MAP_VH

// Layout entry: One connection, as it lies in the table, in events and in answers.
`define ENTRY_BITS                     788
`define ENTRY_WORDS                    25
`define ENTRY_KEY                      300:0
`define ENTRY_KEY_WIDTH                301
`define ENTRY_KEY_REMOTE_PORT          15:0
`define ENTRY_KEY_REMOTE_PORT_WIDTH    16
`define ENTRY_KEY_LOCAL_PORT           31:16
`define ENTRY_KEY_LOCAL_PORT_WIDTH     16
`define ENTRY_KEY_REMOTE_ADDRESS       159:32
`define ENTRY_KEY_REMOTE_ADDRESS_WIDTH 128
`define ENTRY_KEY_LOCAL_ADDRESS        287:160
`define ENTRY_KEY_LOCAL_ADDRESS_WIDTH  128
`define ENTRY_KEY_VLAN                 299:288
`define ENTRY_KEY_VLAN_WIDTH           12
`define ENTRY_KEY_TAGGED               300
`define ENTRY_KEY_TAGGED_WIDTH         1
`define ENTRY_STATE                    304:301
`define ENTRY_STATE_WIDTH              4
`define ENTRY_OWNER                    307:305
`define ENTRY_OWNER_WIDTH              3
`define ENTRY_ORIGIN                   309:308
`define ENTRY_ORIGIN_WIDTH             2
`define ENTRY_LISTENER                 317:310
`define ENTRY_LISTENER_WIDTH           8
`define ENTRY_EPOCH                    325:318
`define ENTRY_EPOCH_WIDTH              8
`define ENTRY_ISS                      357:326
`define ENTRY_ISS_WIDTH                32
`define ENTRY_IRS                      389:358
`define ENTRY_IRS_WIDTH                32
`define ENTRY_SND_UNA                  421:390
`define ENTRY_SND_UNA_WIDTH            32
`define ENTRY_SND_NXT                  453:422
`define ENTRY_SND_NXT_WIDTH            32
`define ENTRY_RCV_NXT                  485:454
`define ENTRY_RCV_NXT_WIDTH            32
`define ENTRY_SND_WL1                  517:486
`define ENTRY_SND_WL1_WIDTH            32
`define ENTRY_PEER_WINDOW              533:518
`define ENTRY_PEER_WINDOW_WIDTH        16
`define ENTRY_PEER_SCALE               537:534
`define ENTRY_PEER_SCALE_WIDTH         4
`define ENTRY_OUR_WINDOW               553:538
`define ENTRY_OUR_WINDOW_WIDTH         16
`define ENTRY_OUR_SCALE                557:554
`define ENTRY_OUR_SCALE_WIDTH          4
`define ENTRY_MSS                      573:558
`define ENTRY_MSS_WIDTH                16
`define ENTRY_SACK_PERMITTED           574
`define ENTRY_SACK_PERMITTED_WIDTH     1
`define ENTRY_TIMESTAMPS               575
`define ENTRY_TIMESTAMPS_WIDTH         1
`define ENTRY_TS_RECENT                607:576
`define ENTRY_TS_RECENT_WIDTH          32
`define ENTRY_TS_OFFSET                639:608
`define ENTRY_TS_OFFSET_WIDTH          32
`define ENTRY_REMOTE_MAC               687:640
`define ENTRY_REMOTE_MAC_WIDTH         48
`define ENTRY_DEADLINE                 719:688
`define ENTRY_DEADLINE_WIDTH           32
`define ENTRY_DEADLINE_SET             720
`define ENTRY_DEADLINE_SET_WIDTH       1
`define ENTRY_RETRIES                  724:721
`define ENTRY_RETRIES_WIDTH            4
`define ENTRY_LAST_ACK_TICK            738:725
`define ENTRY_LAST_ACK_TICK_WIDTH      14
`define ENTRY_ACK_LIMITED              739
`define ENTRY_ACK_LIMITED_WIDTH        1
`define ENTRY_CREATED                  787:740
`define ENTRY_CREATED_WIDTH            48

// Layout event: Something that happened to a connection, with the connection as it stood afterwards.
`define EVENT_BITS                           859
`define EVENT_WORDS                          27
`define EVENT_ENTRY                          787:0
`define EVENT_ENTRY_WIDTH                    788
`define EVENT_ENTRY_KEY                      300:0
`define EVENT_ENTRY_KEY_WIDTH                301
`define EVENT_ENTRY_KEY_REMOTE_PORT          15:0
`define EVENT_ENTRY_KEY_REMOTE_PORT_WIDTH    16
`define EVENT_ENTRY_KEY_LOCAL_PORT           31:16
`define EVENT_ENTRY_KEY_LOCAL_PORT_WIDTH     16
`define EVENT_ENTRY_KEY_REMOTE_ADDRESS       159:32
`define EVENT_ENTRY_KEY_REMOTE_ADDRESS_WIDTH 128
`define EVENT_ENTRY_KEY_LOCAL_ADDRESS        287:160
`define EVENT_ENTRY_KEY_LOCAL_ADDRESS_WIDTH  128
`define EVENT_ENTRY_KEY_VLAN                 299:288
`define EVENT_ENTRY_KEY_VLAN_WIDTH           12
`define EVENT_ENTRY_KEY_TAGGED               300
`define EVENT_ENTRY_KEY_TAGGED_WIDTH         1
`define EVENT_ENTRY_STATE                    304:301
`define EVENT_ENTRY_STATE_WIDTH              4
`define EVENT_ENTRY_OWNER                    307:305
`define EVENT_ENTRY_OWNER_WIDTH              3
`define EVENT_ENTRY_ORIGIN                   309:308
`define EVENT_ENTRY_ORIGIN_WIDTH             2
`define EVENT_ENTRY_LISTENER                 317:310
`define EVENT_ENTRY_LISTENER_WIDTH           8
`define EVENT_ENTRY_EPOCH                    325:318
`define EVENT_ENTRY_EPOCH_WIDTH              8
`define EVENT_ENTRY_ISS                      357:326
`define EVENT_ENTRY_ISS_WIDTH                32
`define EVENT_ENTRY_IRS                      389:358
`define EVENT_ENTRY_IRS_WIDTH                32
`define EVENT_ENTRY_SND_UNA                  421:390
`define EVENT_ENTRY_SND_UNA_WIDTH            32
`define EVENT_ENTRY_SND_NXT                  453:422
`define EVENT_ENTRY_SND_NXT_WIDTH            32
`define EVENT_ENTRY_RCV_NXT                  485:454
`define EVENT_ENTRY_RCV_NXT_WIDTH            32
`define EVENT_ENTRY_SND_WL1                  517:486
`define EVENT_ENTRY_SND_WL1_WIDTH            32
`define EVENT_ENTRY_PEER_WINDOW              533:518
`define EVENT_ENTRY_PEER_WINDOW_WIDTH        16
`define EVENT_ENTRY_PEER_SCALE               537:534
`define EVENT_ENTRY_PEER_SCALE_WIDTH         4
`define EVENT_ENTRY_OUR_WINDOW               553:538
`define EVENT_ENTRY_OUR_WINDOW_WIDTH         16
`define EVENT_ENTRY_OUR_SCALE                557:554
`define EVENT_ENTRY_OUR_SCALE_WIDTH          4
`define EVENT_ENTRY_MSS                      573:558
`define EVENT_ENTRY_MSS_WIDTH                16
`define EVENT_ENTRY_SACK_PERMITTED           574
`define EVENT_ENTRY_SACK_PERMITTED_WIDTH     1
`define EVENT_ENTRY_TIMESTAMPS               575
`define EVENT_ENTRY_TIMESTAMPS_WIDTH         1
`define EVENT_ENTRY_TS_RECENT                607:576
`define EVENT_ENTRY_TS_RECENT_WIDTH          32
`define EVENT_ENTRY_TS_OFFSET                639:608
`define EVENT_ENTRY_TS_OFFSET_WIDTH          32
`define EVENT_ENTRY_REMOTE_MAC               687:640
`define EVENT_ENTRY_REMOTE_MAC_WIDTH         48
`define EVENT_ENTRY_DEADLINE                 719:688
`define EVENT_ENTRY_DEADLINE_WIDTH           32
`define EVENT_ENTRY_DEADLINE_SET             720
`define EVENT_ENTRY_DEADLINE_SET_WIDTH       1
`define EVENT_ENTRY_RETRIES                  724:721
`define EVENT_ENTRY_RETRIES_WIDTH            4
`define EVENT_ENTRY_LAST_ACK_TICK            738:725
`define EVENT_ENTRY_LAST_ACK_TICK_WIDTH      14
`define EVENT_ENTRY_ACK_LIMITED              739
`define EVENT_ENTRY_ACK_LIMITED_WIDTH        1
`define EVENT_ENTRY_CREATED                  787:740
`define EVENT_ENTRY_CREATED_WIDTH            48
`define EVENT_INDEX                          803:788
`define EVENT_INDEX_WIDTH                    16
`define EVENT_ESTABLISHED                    804
`define EVENT_ESTABLISHED_WIDTH              1
`define EVENT_PEER_CLOSED                    805
`define EVENT_PEER_CLOSED_WIDTH              1
`define EVENT_CLOSED                         806
`define EVENT_CLOSED_WIDTH                   1
`define EVENT_REASON                         810:807
`define EVENT_REASON_WIDTH                   4
`define EVENT_TIME                           858:811
`define EVENT_TIME_WIDTH                     48

// Layout key: What names a connection. The whole key is compared, always.
`define KEY_BITS                 301
`define KEY_WORDS                10
`define KEY_REMOTE_PORT          15:0
`define KEY_REMOTE_PORT_WIDTH    16
`define KEY_LOCAL_PORT           31:16
`define KEY_LOCAL_PORT_WIDTH     16
`define KEY_REMOTE_ADDRESS       159:32
`define KEY_REMOTE_ADDRESS_WIDTH 128
`define KEY_LOCAL_ADDRESS        287:160
`define KEY_LOCAL_ADDRESS_WIDTH  128
`define KEY_VLAN                 299:288
`define KEY_VLAN_WIDTH           12
`define KEY_TAGGED               300
`define KEY_TAGGED_WIDTH         1

// Layout listener: One listening end point, as it lies in the staging registers and in a slot.
`define LISTENER_BITS                 251
`define LISTENER_WORDS                8
`define LISTENER_ENABLED              0
`define LISTENER_ENABLED_WIDTH        1
`define LISTENER_ACTION               2:1
`define LISTENER_ACTION_WIDTH         2
`define LISTENER_MODE                 3
`define LISTENER_MODE_WIDTH           1
`define LISTENER_RESET_UNKNOWN        4
`define LISTENER_RESET_UNKNOWN_WIDTH  1
`define LISTENER_RESET_DATA           5
`define LISTENER_RESET_DATA_WIDTH     1
`define LISTENER_TIMESTAMPS           6
`define LISTENER_TIMESTAMPS_WIDTH     1
`define LISTENER_SACK                 7
`define LISTENER_SACK_WIDTH           1
`define LISTENER_WINDOW_SCALING       8
`define LISTENER_WINDOW_SCALING_WIDTH 1
`define LISTENER_WINDOW_SCALE         12:9
`define LISTENER_WINDOW_SCALE_WIDTH   4
`define LISTENER_ANY_PORT             13
`define LISTENER_ANY_PORT_WIDTH       1
`define LISTENER_TAGGED               14
`define LISTENER_TAGGED_WIDTH         1
`define LISTENER_VLAN                 26:15
`define LISTENER_VLAN_WIDTH           12
`define LISTENER_WINDOW               42:27
`define LISTENER_WINDOW_WIDTH         16
`define LISTENER_MSS                  58:43
`define LISTENER_MSS_WIDTH            16
`define LISTENER_PORT                 74:59
`define LISTENER_PORT_WIDTH           16
`define LISTENER_ADDRESS              202:75
`define LISTENER_ADDRESS_WIDTH        128
`define LISTENER_MAC                  250:203
`define LISTENER_MAC_WIDTH            48

// Layout reply: One segment of the engine's own, to be made into a frame.
`define REPLY_BITS                      592
`define REPLY_WORDS                     19
`define REPLY_DESTINATION_MAC           47:0
`define REPLY_DESTINATION_MAC_WIDTH     48
`define REPLY_SOURCE_MAC                95:48
`define REPLY_SOURCE_MAC_WIDTH          48
`define REPLY_TAGGED                    96
`define REPLY_TAGGED_WIDTH              1
`define REPLY_TCI                       112:97
`define REPLY_TCI_WIDTH                 16
`define REPLY_IS_IPV6                   113
`define REPLY_IS_IPV6_WIDTH             1
`define REPLY_SOURCE_ADDRESS            241:114
`define REPLY_SOURCE_ADDRESS_WIDTH      128
`define REPLY_DESTINATION_ADDRESS       369:242
`define REPLY_DESTINATION_ADDRESS_WIDTH 128
`define REPLY_SOURCE_PORT               385:370
`define REPLY_SOURCE_PORT_WIDTH         16
`define REPLY_DESTINATION_PORT          401:386
`define REPLY_DESTINATION_PORT_WIDTH    16
`define REPLY_SEQ                       433:402
`define REPLY_SEQ_WIDTH                 32
`define REPLY_ACK                       465:434
`define REPLY_ACK_WIDTH                 32
`define REPLY_FLAGS                     473:466
`define REPLY_FLAGS_WIDTH               8
`define REPLY_WINDOW                    489:474
`define REPLY_WINDOW_WIDTH              16
`define REPLY_MSS_PRESENT               490
`define REPLY_MSS_PRESENT_WIDTH         1
`define REPLY_MSS                       506:491
`define REPLY_MSS_WIDTH                 16
`define REPLY_SCALE_PRESENT             507
`define REPLY_SCALE_PRESENT_WIDTH       1
`define REPLY_SCALE                     511:508
`define REPLY_SCALE_WIDTH               4
`define REPLY_SACK_PERMITTED            512
`define REPLY_SACK_PERMITTED_WIDTH      1
`define REPLY_TS_PRESENT                513
`define REPLY_TS_PRESENT_WIDTH          1
`define REPLY_TS_VAL                    545:514
`define REPLY_TS_VAL_WIDTH              32
`define REPLY_TS_ECR                    577:546
`define REPLY_TS_ECR_WIDTH              32
`define REPLY_HOP_LIMIT                 585:578
`define REPLY_HOP_LIMIT_WIDTH           8
`define REPLY_DSCP                      591:586
`define REPLY_DSCP_WIDTH                6

// Layout segment: What the ingress found in one frame.
`define SEGMENT_BITS                     613
`define SEGMENT_WORDS                    20
`define SEGMENT_KEY                      300:0
`define SEGMENT_KEY_WIDTH                301
`define SEGMENT_KEY_REMOTE_PORT          15:0
`define SEGMENT_KEY_REMOTE_PORT_WIDTH    16
`define SEGMENT_KEY_LOCAL_PORT           31:16
`define SEGMENT_KEY_LOCAL_PORT_WIDTH     16
`define SEGMENT_KEY_REMOTE_ADDRESS       159:32
`define SEGMENT_KEY_REMOTE_ADDRESS_WIDTH 128
`define SEGMENT_KEY_LOCAL_ADDRESS        287:160
`define SEGMENT_KEY_LOCAL_ADDRESS_WIDTH  128
`define SEGMENT_KEY_VLAN                 299:288
`define SEGMENT_KEY_VLAN_WIDTH           12
`define SEGMENT_KEY_TAGGED               300
`define SEGMENT_KEY_TAGGED_WIDTH         1
`define SEGMENT_IS_TCP                   301
`define SEGMENT_IS_TCP_WIDTH             1
`define SEGMENT_VOID                     302
`define SEGMENT_VOID_WIDTH               1
`define SEGMENT_IS_IPV6                  303
`define SEGMENT_IS_IPV6_WIDTH            1
`define SEGMENT_TCI                      319:304
`define SEGMENT_TCI_WIDTH                16
`define SEGMENT_DESTINATION_MAC          367:320
`define SEGMENT_DESTINATION_MAC_WIDTH    48
`define SEGMENT_SOURCE_MAC               415:368
`define SEGMENT_SOURCE_MAC_WIDTH         48
`define SEGMENT_BAD_IP_CHECKSUM          416
`define SEGMENT_BAD_IP_CHECKSUM_WIDTH    1
`define SEGMENT_BAD_TCP_CHECKSUM         417
`define SEGMENT_BAD_TCP_CHECKSUM_WIDTH   1
`define SEGMENT_MALFORMED                418
`define SEGMENT_MALFORMED_WIDTH          1
`define SEGMENT_BAD_ADDRESS              419
`define SEGMENT_BAD_ADDRESS_WIDTH        1
`define SEGMENT_LAND                     420
`define SEGMENT_LAND_WIDTH               1
`define SEGMENT_FLAGS                    428:421
`define SEGMENT_FLAGS_WIDTH              8
`define SEGMENT_SEQ                      460:429
`define SEGMENT_SEQ_WIDTH                32
`define SEGMENT_ACK                      492:461
`define SEGMENT_ACK_WIDTH                32
`define SEGMENT_WINDOW                   508:493
`define SEGMENT_WINDOW_WIDTH             16
`define SEGMENT_DATA_LENGTH              524:509
`define SEGMENT_DATA_LENGTH_WIDTH        16
`define SEGMENT_MSS_PRESENT              525
`define SEGMENT_MSS_PRESENT_WIDTH        1
`define SEGMENT_MSS                      541:526
`define SEGMENT_MSS_WIDTH                16
`define SEGMENT_SCALE_PRESENT            542
`define SEGMENT_SCALE_PRESENT_WIDTH      1
`define SEGMENT_SCALE                    546:543
`define SEGMENT_SCALE_WIDTH              4
`define SEGMENT_SACK_PERMITTED           547
`define SEGMENT_SACK_PERMITTED_WIDTH     1
`define SEGMENT_TS_PRESENT               548
`define SEGMENT_TS_PRESENT_WIDTH         1
`define SEGMENT_TS_VAL                   580:549
`define SEGMENT_TS_VAL_WIDTH             32
`define SEGMENT_TS_ECR                   612:581
`define SEGMENT_TS_ECR_WIDTH             32

// Enum close_reason: Why an entry was freed.
`define CLOSE_REASON_BITS          4
`define CLOSE_REASON_NONE          4'd0
`define CLOSE_REASON_NORMAL        4'd1
`define CLOSE_REASON_RESET_BY_PEER 4'd2
`define CLOSE_REASON_TIMED_OUT     4'd3
`define CLOSE_REASON_ABORTED       4'd4
`define CLOSE_REASON_DATA_REFUSED  4'd5
`define CLOSE_REASON_FLUSHED       4'd6

// Enum command_code: Commands of the host.
`define COMMAND_CODE_BITS    8
`define COMMAND_CODE_OPEN    8'd1
`define COMMAND_CODE_CLOSE   8'd2
`define COMMAND_CODE_ABORT   8'd3
`define COMMAND_CODE_HOLD    8'd4
`define COMMAND_CODE_RELEASE 8'd5
`define COMMAND_CODE_TAKE    8'd6
`define COMMAND_CODE_READ    8'd7
`define COMMAND_CODE_FLUSH   8'd8

// Enum command_status: How a command ended.
`define COMMAND_STATUS_BITS        4
`define COMMAND_STATUS_OK          4'd0
`define COMMAND_STATUS_GONE        4'd1
`define COMMAND_STATUS_UNSUPPORTED 4'd2
`define COMMAND_STATUS_INVALID     4'd3

// Enum deadline_action: What becomes of an entry's timeout.
`define DEADLINE_ACTION_BITS     2
`define DEADLINE_ACTION_KEEP     2'd0
`define DEADLINE_ACTION_START    2'd1
`define DEADLINE_ACTION_BACK_OFF 2'd2
`define DEADLINE_ACTION_STOP     2'd3

// Enum event_kind: Where an event of the pipeline comes from.
`define EVENT_KIND_BITS       3
`define EVENT_KIND_NET        3'd0
`define EVENT_KIND_HOST       3'd1
`define EVENT_KIND_TIMER      3'd2
`define EVENT_KIND_COMMAND    3'd3
`define EVENT_KIND_TABLE_READ 3'd4
`define EVENT_KIND_FLUSH      3'd5

// Enum isn_mode: How initial sequence numbers are made. M is timebase[33:2], 4 microseconds a step; F is the lower
// half of SipHash-2-4 over the tuple.
`define ISN_MODE_BITS    2
`define ISN_MODE_RFC6528 2'd0
`define ISN_MODE_COUNTER 2'd1
`define ISN_MODE_FIXED   2'd2
`define ISN_MODE_COOKIE  2'd3

// Enum listener_action: What a SYN to the end point meets.
`define LISTENER_ACTION_BITS   2
`define LISTENER_ACTION_ACCEPT 2'd0
`define LISTENER_ACTION_RESET  2'd1
`define LISTENER_ACTION_DROP   2'd2

// Enum listener_mode: Who owns an accepted connection.
`define LISTENER_MODE_BITS  1
`define LISTENER_MODE_KEEP  1'd0
`define LISTENER_MODE_ADOPT 1'd1

// Enum origin: What made an entry.
`define ORIGIN_BITS   2
`define ORIGIN_SYN    2'd0
`define ORIGIN_OPEN   2'd1
`define ORIGIN_COOKIE 2'd2
`define ORIGIN_TAKE   2'd3

// Enum owner: Who is the end point of a connection.
`define OWNER_BITS     3
`define OWNER_ENGINE   3'd0
`define OWNER_PARKED   3'd1
`define OWNER_DRAINING 3'd2
`define OWNER_HOST     3'd3
`define OWNER_HELD     3'd4

// Enum reply_kind: What the transition function sends.
`define REPLY_KIND_BITS      3
`define REPLY_KIND_NONE      3'd0
`define REPLY_KIND_SYN_ACK   3'd1
`define REPLY_KIND_ACK       3'd2
`define REPLY_KIND_FIN       3'd3
`define REPLY_KIND_RESET     3'd4
`define REPLY_KIND_RESET_SEQ 3'd5
`define REPLY_KIND_RESET_ACK 3'd6

// Enum tcp_state: Connection states, named as in RFC 9293 3.3.2.
`define TCP_STATE_BITS         4
`define TCP_STATE_CLOSED       4'd0
`define TCP_STATE_LISTEN       4'd1
`define TCP_STATE_SYN_SENT     4'd2
`define TCP_STATE_SYN_RECEIVED 4'd3
`define TCP_STATE_ESTABLISHED  4'd4
`define TCP_STATE_FIN_WAIT_1   4'd5
`define TCP_STATE_FIN_WAIT_2   4'd6
`define TCP_STATE_CLOSE_WAIT   4'd7
`define TCP_STATE_CLOSING      4'd8
`define TCP_STATE_LAST_ACK     4'd9
`define TCP_STATE_TIME_WAIT    4'd10

// Enum verdict: What happens to a frame that waits in an ingress FIFO.
`define VERDICT_BITS 2
`define VERDICT_PASS 2'd0
`define VERDICT_DROP 2'd1
`define VERDICT_PARK 2'd2

// Counters: the index of each, and how many there are.
`define COUNTER_NET_FRAMES_RECEIVED        0
`define COUNTER_NET_FRAMES_PASSED          1
`define COUNTER_NET_FRAMES_CONSUMED        2
`define COUNTER_NET_DROPPED_FULL           3
`define COUNTER_NET_DROPPED_LENGTH         4
`define COUNTER_HOST_FRAMES_RECEIVED       5
`define COUNTER_HOST_FRAMES_PASSED         6
`define COUNTER_HOST_FRAMES_CONSUMED       7
`define COUNTER_HOST_DROPPED_FULL          8
`define COUNTER_HOST_DROPPED_LENGTH        9
`define COUNTER_FRAMES_SENT                10
`define COUNTER_REPLIES_DROPPED            11
`define COUNTER_DROPPED_IP_CHECKSUM        12
`define COUNTER_DROPPED_TCP_CHECKSUM       13
`define COUNTER_DROPPED_MALFORMED          14
`define COUNTER_DROPPED_FLAGS              15
`define COUNTER_DROPPED_ADDRESS            16
`define COUNTER_DROPPED_LAND               17
`define COUNTER_DROPPED_LISTENER           18
`define COUNTER_SYN_RECEIVED               19
`define COUNTER_SYN_REPEATED               20
`define COUNTER_SYN_ACK_SENT               21
`define COUNTER_SYN_ACK_TIMEOUTS           22
`define COUNTER_FIN_TIMEOUTS               23
`define COUNTER_TABLE_FULL                 24
`define COUNTER_ESTABLISHED                25
`define COUNTER_HANDSHAKE_RESETS_SENT      26
`define COUNTER_HANDSHAKE_SEQUENCE_DROPPED 27
`define COUNTER_UNKNOWN_RESETS_SENT        28
`define COUNTER_UNKNOWN_RESETS_LIMITED     29
`define COUNTER_UNSOLICITED_ACKS_SENT      30
`define COUNTER_UNSOLICITED_ACKS_LIMITED   31
`define COUNTER_SEQUENCE_UNACCEPTABLE      32
`define COUNTER_TIMESTAMP_REJECTED         33
`define COUNTER_TIMESTAMP_MISSING          34
`define COUNTER_ACK_UNACCEPTABLE           35
`define COUNTER_ACK_MISSING                36
`define COUNTER_DATA_DROPPED               37
`define COUNTER_PEER_CLOSED                38
`define COUNTER_CLOSED_NORMAL              39
`define COUNTER_CLOSED_RESET               40
`define COUNTER_CLOSED_TIMED_OUT           41
`define COUNTER_CLOSED_ABORTED             42
`define COUNTER_CLOSED_FLUSHED             43
`define COUNTER_EVENTS_QUEUED              44
`define COUNTER_EVENTS_LOST                45
`define COUNTERS                           46

`endif
