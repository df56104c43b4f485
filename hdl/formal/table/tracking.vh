    // Included by run.sh in front of the index, where the tracked memories want it.
    (* anyconst *) reg [`KEY_BITS-1:0]  f_key;                  // any key
    (* anyconst *) reg [32:0]           f_hash;                 // and its hash
    (* anyconst *) reg [INDEX_BITS-1:0] f_number;               // the number of any entry
    wire [WAYS*WORD_BITS-1:0]           f_words;                // the 8 words where f_hash may stand
    wire [WAYS*WORD_BITS-1:0]           f_sampled;              // what the look-up at issue reads, and the one behind it
    wire [WAYS*WORD_BITS-1:0]           f_array;
    wire [`ENTRY_BITS-1:0]              f_entry;                // the entry of f_number
    wire [`ENTRY_BITS-1:0]              f_entry_sampled;
    wire [`ENTRY_BITS-1:0]              f_entry_array;
    wire                                f_take, f_give;         // a number goes out, one comes back
    wire [INDEX_BITS-1:0]               f_give_index;
