# Has the lab's metadata service of this instance stand still (SIGNAL=STOP), as if it were far away, or go on (CONT).
systemctl kill --signal "$SIGNAL" lab-metadata
